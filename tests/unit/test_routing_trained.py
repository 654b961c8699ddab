"""Routers trained from labelled texts, on an encoder that counts words."""

import json

import numpy as np
import pytest
from fixtures.encoders import Words

from workbench.engine.embeddings.text import MAX_CHARS
from workbench.engine.routing.calibration import calibration_error, fit_curves, fit_temperature
from workbench.engine.routing.deciding import LOST
from workbench.engine.routing.examples import RoutingExample
from workbench.engine.routing.ngrams import NGrams
from workbench.engine.routing.saving import ROUTER, WEIGHTS, load_router, save_router
from workbench.engine.routing.shelf import Shelf
from workbench.engine.routing.training import FOLDS, FOLDS_OF_MANY, MANY, check, folds, train
from workbench.errors import UnknownNameError, UsageError

BOOK = ["book a room", "book a room please", "i want to book a room", "book two rooms today",
        "can i book a room", "please book rooms for us", "book me a double room"]  # fmt: skip
POOL = ["when does the pool open", "when is the pool open", "pool open hours", "open pool today",
        "is the pool open", "opening hours of the pool", "pool hours please"]  # fmt: skip
ELSE = ["who won the football match", "football match result", "the football result please",
        "football on tv", "result of the match", "match yesterday", "football tonight"]  # fmt: skip
BOTH = ["book a room and is the pool open", "room booking and pool hours", "book rooms, pool open?",
        "book a room with pool hours", "pool open and book a room", "book room pool"]  # fmt: skip


def examples(*groups):
    return [
        RoutingExample(id=f"{number}/{place}", text=text, labels=list(labels))
        for number, (texts, labels) in enumerate(groups)
        for place, text in enumerate(texts)
    ]


def silent(_):
    pass


SINGLE = examples((BOOK, ["book"]), (POOL, ["pool"]), (ELSE, []))
SEVERAL = examples((BOOK, ["book"]), (POOL, ["pool"]), (BOTH, ["book", "pool"]), (ELSE, []))
IN_SCOPE = examples((BOOK, ["book"]), (POOL, ["pool"]))


@pytest.fixture(scope="module")
def single():
    return train(SINGLE, Words(), silent)


@pytest.fixture(scope="module")
def several():
    return train(SEVERAL, Words(), silent)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("please book a room for me", ("book",)),
        ("when is the pool open today", ("pool",)),
        ("the result of the football match", ()),
    ],
)
async def test_a_text_goes_where_texts_like_it_went(single, text, labels):
    route = await single.router.route(text)
    assert route.labels == labels
    assert route.method == "trained"
    assert 0 <= route.confidence <= 1
    assert route.seconds > 0


async def test_one_label_at_most_where_no_example_has_several(single):
    route = await single.router.route("book a room with pool open")
    assert len(route.labels) <= 1
    assert sum(route.probabilities.values()) <= 1 + 1e-9


async def test_several_labels_where_examples_have_several(several):
    route = await several.router.route("please book a room and is the pool open")
    assert set(route.labels) == {"book", "pool"}
    assert (await several.router.route("i want to book a room")).labels == ("book",)


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "?!", "\u200b"])
async def test_a_text_without_words_is_asked_back_and_never_encoded(text):
    encoder = Words()
    router = train(SINGLE, encoder, silent).router
    encoder.asked.clear()
    route = await router.route(text)
    assert (route.outcome, route.labels, route.doubt) == ("unsure", (), "the text has no words")
    assert encoder.asked == []


async def test_a_very_long_text_is_routed_by_its_beginning_and_asked_back():
    encoder = Words()
    router = train(SINGLE, encoder, silent).router
    encoder.asked.clear()
    route = await router.route("book a room " * 1_000)
    assert route.outcome == "unsure" and "was not read" in route.doubt
    assert [len(text) for [text] in encoder.asked] == [MAX_CHARS]


async def test_a_foreign_text_is_asked_back_where_no_example_was_out_of_scope():
    router = train(IN_SCOPE, Words(), silent).router
    route = await router.route("zum wohl")
    assert (route.outcome, route.labels) == ("unsure", ())
    assert "unlike all examples" in route.doubt
    assert (await router.route("book a room")).labels == ("book",)


def test_without_examples_out_of_scope_few_are_declined():
    judged = train(IN_SCOPE, Words(), silent).judged
    assert sum(not one.given for one in judged) <= max(1, LOST * len(judged))


def test_every_example_is_judged_once(several):
    assert len(several.judged) == len(SEVERAL)
    assert sorted(map(sorted, (one.expected for one in several.judged))) == sorted(
        sorted(each.labels) for each in SEVERAL
    )


async def test_numbers_make_no_difference(single):
    one, other = await single.router.route_all(["book room 101", "book room 999"])
    assert (one.labels, one.probabilities) == (other.labels, other.probabilities)


async def test_many_texts_are_routed_as_each_alone(several):
    texts = [each.text for each in SEVERAL] + ["", "zum wohl"]
    together = await several.router.route_all(texts)
    alone = [await several.router.route(text) for text in texts]
    assert [route.labels for route in together] == [route.labels for route in alone]
    assert [route.confidence for route in together] == pytest.approx(
        [route.confidence for route in alone]
    )


async def test_training_twice_gives_the_same_router(several, tmp_path):
    for name, training in (("a", several), ("b", train(SEVERAL, Words(), silent))):
        save_router(tmp_path / name, training.router, Words(), {})
    for file in (ROUTER, WEIGHTS):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@pytest.mark.parametrize("given", [SINGLE, SEVERAL, IN_SCOPE], ids=["single", "several", "in"])
async def test_a_router_that_was_read_back_decides_exactly_as_before(given, tmp_path):
    router = train(given, Words(), silent).router
    save_router(tmp_path / "r", router, Words(), {})
    reread = load_router(tmp_path / "r", Words())
    texts = [each.text for each in SEVERAL] + ["zum wohl", ""]
    for before, after in zip(
        await router.route_all(texts), await reread.route_all(texts), strict=True
    ):
        assert (before.labels, before.probabilities, before.confidence, before.doubt) == (
            after.labels, after.probabilities, after.confidence, after.doubt
        )  # fmt: skip


def test_a_saved_router_holds_no_pickle(single, tmp_path):
    save_router(tmp_path / "r", single.router, Words(), {})
    names = {path.name for path in (tmp_path / "r").iterdir()}
    assert names == {"router.json", "weights.safetensors", "card.json"}


def test_a_router_of_another_encoder_is_refused(single, tmp_path):
    save_router(tmp_path / "r", single.router, Words(), {})
    with pytest.raises(UsageError, match="trained with the encoder 'words'"):
        load_router(tmp_path / "r", Words("others"))


def cut_weights(folder):
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-1])


def other_format(folder):
    path = folder / ROUTER
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))


def fewer_labels(folder):
    path = folder / ROUTER
    saved = json.loads(path.read_text())
    path.write_text(json.dumps(saved | {"labels": saved["labels"][:1]}))


def no_weights(folder):
    (folder / WEIGHTS).unlink()


def no_json(folder):
    (folder / ROUTER).write_text("{")


@pytest.mark.parametrize(
    "damage",
    [cut_weights, other_format, fewer_labels, no_weights, no_json],
    ids=lambda f: f.__name__,
)
def test_a_damaged_router_is_refused_in_one_line(single, tmp_path, damage):
    save_router(tmp_path / "r", single.router, Words(), {})
    damage(tmp_path / "r")
    with pytest.raises(UsageError, match=r"router r cannot be read .*") as raised:
        load_router(tmp_path / "r", Words())
    assert "train it again" in raised.value.one_line()


def test_a_shelf_shares_one_encoder_and_reads_a_router_once(single, several, tmp_path):
    encoder = Words()
    shelf = Shelf(tmp_path, encoder)
    shelf.keep("one", single.router, {})
    shelf.keep("two", several.router, {})
    assert shelf.names() == ["one", "two"]
    assert shelf.router("one") is shelf.router("one")
    assert shelf.router("one")._embedder is shelf.router("two")._embedder is encoder


def test_a_router_trained_again_has_the_next_version(single, several, tmp_path):
    shelf = Shelf(tmp_path, Words())
    assert shelf.keep("one", single.router, {})["version"] == 1
    assert shelf.router("one").labels == ("book", "pool")
    card = shelf.keep("one", several.router, {})
    assert card["version"] == 2 and card["bytes"] > 0
    assert shelf.card("one") == card
    assert not shelf.router("one").learned.rules.exclusive
    shelf.remove("one")
    assert shelf.names() == []
    with pytest.raises(UnknownNameError, match="no router 'one'"):
        shelf.router("one")


@pytest.mark.parametrize("name", ["", "..", "a/b", "-x", "x" * 65, "../../etc"])
def test_a_name_that_leads_elsewhere_is_refused(single, tmp_path, name):
    with pytest.raises(UsageError, match="no name for a router"):
        Shelf(tmp_path, Words()).keep(name, single.router, {})
    with pytest.raises(UnknownNameError):
        Shelf(tmp_path, Words()).remove(name)


def test_what_an_interrupted_training_left_is_no_router(single, tmp_path):
    shelf = Shelf(tmp_path, Words())
    shelf.keep("one", single.router, {})
    (tmp_path / ".workbench" / "routers" / "one").rename(
        tmp_path / ".workbench" / "routers" / ".one-draft"
    )
    assert shelf.names() == []


def test_contradictory_texts_are_left_out_and_named():
    twice = RoutingExample(id="again", text="  Book a ROOM", labels=["pool"])
    usable, [warning] = check([*SINGLE, twice])
    assert "0/0, again" in warning and "left out" in warning
    assert {each.id for each in SINGLE} - {each.id for each in usable} == {"0/0"}


def test_a_label_with_one_example_is_named():
    alone = RoutingExample(id="x", text="park my car", labels=["parking"])
    usable, [warning] = check([*SINGLE, alone])
    assert "parking" in warning and alone in usable


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "two kinds"),
        (examples((BOOK, ["book"])), "two kinds"),
        (examples((ELSE, [])), "two kinds"),
        (examples((BOOK[:3], ["book"]), (POOL[:3], ["pool"])), "too few"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        train(given, Words(), silent)


def test_equal_texts_share_a_fold_and_kinds_are_spread():
    texts = [*BOOK, *POOL, *(text.upper() for text in BOOK)]
    expected = [frozenset({"b"})] * 7 + [frozenset({"p"})] * 7 + [frozenset({"b"})] * 7
    place = folds(texts, expected)
    assert place[:7].tolist() == place[14:].tolist()
    for rows in (place[:7], place[7:14]):
        counts = np.bincount(rows, minlength=FOLDS)
        assert counts.max() - counts.min() <= 1


def test_many_examples_are_judged_in_fewer_folds():
    texts = [f"text number {number}" for number in range(MANY + 1)]
    assert set(folds(texts, [frozenset({"a"})] * len(texts))) == set(range(FOLDS_OF_MANY))


def test_runs_of_letters_see_what_words_miss():
    grams = NGrams.learn(["the booking", "my booking"], "letters")
    assert grams.matrix(["bookings"]).nnz > 0
    assert NGrams.learn(["the booking", "my booking"]).matrix(["bookings"]).nnz == 0


def test_the_temperature_undoes_a_known_one():
    generator = np.random.default_rng(3)
    logits = generator.normal(size=(6_000, 4)) * 2
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    drawn = np.array([generator.choice(4, p=row) for row in shares])
    assert fit_temperature(logits * 3, np.eye(4)[drawn], True) == pytest.approx(3.0, rel=0.1)


def test_the_calibration_error_is_the_weighted_gap_of_the_bins():
    said = np.array([0.9, 0.9, 0.1, 0.1])
    right = np.array([True, False, False, False])
    assert calibration_error(said, right) == pytest.approx((0.8 + 0.2) / 4)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0


def test_overconfidence_is_mended_and_the_error_is_that_of_unseen_decisions():
    generator = np.random.default_rng(5)
    numbers = np.column_stack([generator.normal(size=2_000), generator.uniform(size=2_000)])
    right = generator.uniform(size=2_000) < 1 / (1 + np.exp(-numbers[:, 0]))
    accepted = np.ones(2_000, dtype=bool)
    numbers[:, 0] *= 5
    found = fit_curves(numbers, accepted, right)
    assert found.curves.way != "joint"
    assert found.errors["joint"] > 3 * found.errors[found.curves.way]
    assert calibration_error(found.said, right) == found.errors[found.curves.way]
