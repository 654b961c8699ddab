from hypothesis import given
from hypothesis import strategies as st

from workbench.evaluation.running.keys import Identity, call_key

TEXT = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PARTS = st.dictionaries(TEXT, JSON, min_size=1, max_size=5)

SERVING = {
    "server": "vllm 0.1",
    "model": "m",
    "weights": "w",
    "weights_sha256": "a1",
    "quantisation": "bf16",
    "flags": ["--dtype", "bfloat16"],
}
ASKED = {"messages": [["system", "s"], ["user", "u"]], "temperature": 0.0, "max_tokens": 9}
IDENTITY = {
    "serving": SERVING,
    "index": {"content_sha256": "c", "embedder": "e"},
    "retrieval": {"top_k": 5},
    "engine": "code",
    "schema": None,
    "tools": (),
}
OTHER = {
    "schema": {"type": "object"},
    "tools": ({"name": "rooms"},),
    "engine": "changed",
}


@given(PARTS)
def test_equal_parts_have_one_key_in_any_order(parts):
    assert call_key(parts) == call_key(dict(reversed(parts.items())))


@given(PARTS, TEXT, JSON)
def test_any_changed_part_has_another_key(parts, name, value):
    changed = {**parts, name: value}
    same = changed == parts and repr(sorted(changed.items())) == repr(sorted(parts.items()))
    assert (call_key(changed) == call_key(parts)) == same


def generation(identity=IDENTITY, asked=ASKED, repeat=0):
    return Identity(**identity).generation_key(asked, repeat)


def test_every_input_of_a_reply_is_in_its_key():
    keys = [generation()]
    keys += [generation({**IDENTITY, "serving": {**SERVING, part: "other"}}) for part in SERVING]
    keys += [generation({**IDENTITY, part: OTHER[part]}) for part in ("schema", "tools")]
    keys += [generation(asked={**ASKED, part: "other"}) for part in ASKED]
    keys += [generation(asked={**ASKED, "messages": [["system", "s"], ["user", "v"]]})]
    keys += [generation(repeat=1)]
    assert len(set(keys)) == len(keys)
    assert generation() == generation()


def test_every_input_of_a_search_is_in_its_key():
    asked = {"query": "q", "collection": "c", "wanted": 5, "glossary": "g"}

    def key(identity=IDENTITY, asked=asked):
        return Identity(**identity).retrieval_key(asked)

    keys = [key()]
    keys += [key(asked={**asked, part: "other"}) for part in asked]
    keys += [key({**IDENTITY, part: {"x": 1}}) for part in ("index", "retrieval")]
    keys += [key({**IDENTITY, "engine": "changed"})]
    assert len(set(keys)) == len(keys)
    assert key() == key()


def test_a_search_does_not_depend_on_the_model():
    asked = {"query": "q"}
    other = {**IDENTITY, "serving": {**SERVING, "model": "n"}}
    assert Identity(**IDENTITY).retrieval_key(asked) == Identity(**other).retrieval_key(asked)
