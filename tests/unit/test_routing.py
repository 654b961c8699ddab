"""The nearest-neighbour router on an encoder that counts words, and once on the real one."""

import re

import numpy as np
import pytest
from fixtures.encoders import Words
from scipy import stats

from workbench.config import load_settings
from workbench.engine.embeddings import load_embedder
from workbench.engine.routing.examples import RoutingExample, load_examples
from workbench.engine.routing.fitting import LOST, Confidence, choose_threshold
from workbench.engine.routing.nearest import NearestRouter
from workbench.engine.routing.votes import NEIGHBOURS, Electorate
from workbench.errors import UsageError

BOOK = ["book a room", "book a room please", "i want to book a room", "book two rooms today"]
POOL = ["when does the pool open", "when is the pool open", "pool open hours", "open pool today"]
ELSE = ["who won the football match", "football match result", "the football result please"]


def examples(*groups):
    return [
        RoutingExample(id=f"{number}/{text}", text=text, labels=list(labels))
        for number, (texts, labels) in enumerate(groups)
        for text in texts
    ]


SET = examples((BOOK, ["book"]), (POOL, ["pool"]), (ELSE, []))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("please book a room for me", ("book",)),
        ("is the pool open", ("pool",)),
        ("result of the football match", ()),
    ],
)
async def test_a_text_goes_where_its_nearest_examples_go(text, labels):
    route = await NearestRouter.train(SET, Words()).route(text)
    assert route.labels == labels
    assert route.method == "nearest"
    assert route.seconds > 0
    assert 0 < route.confidence < 1


async def test_shares_say_how_the_examples_voted():
    route = await NearestRouter.train(SET, Words()).route("is the pool open")
    best, *others = route.probabilities.values()
    assert next(iter(route.probabilities)) == "pool"
    assert best > 0.5 and sum(others) < 0.5
    assert sum(route.probabilities.values()) <= 1 + 1e-9


async def test_a_text_unlike_all_examples_is_out_of_scope_even_where_none_is_given_as_such():
    in_scope = examples((BOOK, ["book"]), (POOL, ["pool"]))
    router = NearestRouter.train(in_scope, Words())
    assert (await router.route("zum Wohl")).labels == ()
    assert (await router.route("book a room")).labels == ("book",)


async def test_several_labels_are_given_where_examples_have_several():
    both = ["book a room and open the pool", "book room pool open"]
    several = examples((BOOK, ["book"]), (POOL, ["pool"]), (both, ["book", "pool"]))
    router = NearestRouter.train(several, Words())
    assert set((await router.route("book a room and the pool open")).labels) == {"book", "pool"}
    assert (await router.route("i want to book a room")).labels == ("book",)


async def test_one_label_at_most_is_given_where_no_example_has_several():
    router = NearestRouter.train(SET, Words())
    assert len((await router.route("book a room when the pool is open")).labels) <= 1


async def test_the_threshold_comes_from_the_validation_part():
    strict = examples((BOOK, []), (POOL[:1], ["pool"]))
    lax = examples((BOOK, ["book"]), (["zzz"], []))
    routers = [NearestRouter.train(SET, Words(), part) for part in (strict, lax)]
    assert routers[0].threshold > routers[1].threshold
    assert (await routers[0].route("book a room")).labels == ()
    assert (await routers[1].route("book a room")).labels == ("book",)


def test_training_twice_gives_the_same_router():
    assert (
        NearestRouter.train(SET, Words()).threshold == NearestRouter.train(SET, Words()).threshold
    )


def test_thousands_of_texts_are_encoded_in_batches():
    encoder, told = Words(), []
    texts = [f"{text} {number}" for number in range(500) for text in BOOK]
    NearestRouter.train(examples((texts, ["book"])), encoder, None, told.append)
    assert [len(texts) for texts in encoder.asked] == [1024, 976]
    assert told == ["encoding texts, 1024 of 2000"]


@pytest.mark.parametrize("given", [[], examples((BOOK[:1], ["book"])), examples((ELSE, []))])
def test_too_few_examples_are_refused(given):
    with pytest.raises(UsageError, match="at least two examples"):
        NearestRouter.train(given, Words())


def test_an_example_never_votes_on_itself():
    vectors = np.array(Words().embed_passages([e.text for e in SET]), dtype=np.float32)
    labels = [[f"{number:02}"] for number in range(len(SET))]
    votes = Electorate(vectors, labels).vote_on_each_other()
    assert votes.shares.diagonal().tolist() == [0.0] * len(SET)
    assert votes.shares.sum(axis=1) == pytest.approx(1.0)


def test_votes_of_many_texts_are_those_of_each():
    generator = np.random.default_rng(2)
    vectors = generator.normal(size=(1300, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    voters = Electorate(vectors[:700], [["ab"[number % 2]] for number in range(700)])
    whole = voters.vote(vectors[700:])
    single = voters.vote(vectors[1290:1291])
    assert whole.shares[590] == pytest.approx(single.shares[0], abs=1e-6)
    assert whole.closeness[590] == pytest.approx(single.closeness[0], abs=1e-6)
    assert (whole.shares > 0).sum(axis=1).max() <= NEIGHBOURS


def test_the_threshold_separates_what_can_be_separated():
    scores = np.array([0.1, 0.2, 0.3, 0.6, 0.7, 0.8])
    in_scope = scores > 0.5
    assert choose_threshold(scores, in_scope, in_scope) == pytest.approx(0.45)


def test_the_threshold_follows_the_expected_share_and_not_the_one_among_the_examples():
    generator = np.random.default_rng(4)
    scores = np.concatenate([generator.normal(0.8, 0.1, 3000), generator.normal(0.5, 0.1, 30)])
    in_scope = np.arange(3030) < 3000
    thresholds = [choose_threshold(scores, in_scope, in_scope, share) for share in (0.01, 0.2, 0.5)]
    assert thresholds == sorted(thresholds) and thresholds[0] < thresholds[2]
    half = thresholds[2]
    assert (scores[~in_scope] < half).mean() > 0.8
    assert (scores[in_scope] >= half).mean() > 0.85
    repeated = np.concatenate([scores, np.repeat(scores[~in_scope], 9)])
    flags = np.concatenate([in_scope, np.zeros(270, dtype=bool)])
    assert choose_threshold(repeated, flags, flags, 0.2) == pytest.approx(thresholds[1])


def test_without_examples_out_of_scope_a_fixed_share_is_declined():
    scores = np.linspace(0, 1, 101)
    everything = np.ones(101, dtype=bool)
    threshold = choose_threshold(scores, everything, everything)
    assert (scores < threshold).mean() == pytest.approx(LOST, abs=0.01)


def test_declining_all_or_nothing_is_possible():
    scores = np.array([0.1, 0.9])
    flags = np.array([True, False])
    assert choose_threshold(scores, flags, flags) < 0.1
    wrong = np.array([False, False])
    assert choose_threshold(scores, wrong, flags) > 0.9


def test_the_confidence_recovers_known_chances():
    generator = np.random.default_rng(6)
    numbers = generator.normal(size=(4000, 2))
    chances = 1 / (1 + np.exp(-(0.5 + 2 * numbers[:, 0] - numbers[:, 1])))
    right = generator.uniform(size=4000) < chances
    curve = Confidence.fit(numbers, right)
    said = [curve.of(*map(float, row)) for row in numbers]
    assert stats.linregress(chances, said).slope == pytest.approx(1.0, abs=0.05)
    assert np.abs(np.array(said) - chances).max() < 0.06


def test_the_confidence_stays_finite_where_nothing_goes_wrong_or_nothing_is_known():
    sure = Confidence.fit(np.ones((50, 1)), np.ones(50, dtype=bool))
    assert 0.9 < sure.of(1.0) < 1.0
    assert Confidence.fit(np.zeros((0, 2)), np.zeros(0, dtype=bool)).of(1.0, 1.0) == 0.5


def test_a_routing_set_is_read_with_its_fields(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_text(
        '\ufeff{"id": "1", "text": "đặt phòng", "lang": "vi", "labels": ["book"],'
        ' "fields": {"date": "mai"}}\n\n{"id": "2", "text": "x", "labels": []}\n',
        encoding="utf-8",
    )
    first, second = load_examples(path)
    assert (first.text, first.labels, first.fields) == ("đặt phòng", ["book"], {"date": "mai"})
    assert (second.labels, second.lang, second.fields) == ([], "", {})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not valid JSON"),
        ("[]", "line 2: not a JSON object"),
        ('{"id": "2", "text": "x"}', "line 2: key 'labels' is missing"),
        ('{"id": "2", "text": "x", "labels": [], "lable": 1}', "unknown key 'lable': the nearest"),
        ('{"id": "2", "text": " ", "labels": []}', "line 2: key 'text': .*the text is empty"),
        ('{"id": "2", "text": "x", "labels": "a"}', "line 2: key 'labels'"),
        ('{"id": "2", "text": "x", "labels": ["a", "a"]}', "a label is there twice"),
        ('{"id": "2", "text": "x", "labels": [""]}', "a label is empty"),
        ('{"id": "1", "text": "x", "labels": []}', "line 2: id '1' is there twice"),
    ],
)
def test_a_bad_line_is_named_with_file_line_and_key(tmp_path, line, message):
    path = tmp_path / "set.jsonl"
    path.write_text('{"id": "1", "text": "x", "labels": ["a"]}\n' + line, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_examples(path)
    assert str(path) in raised.value.one_line()
    assert re.search(message, raised.value.one_line())


def test_a_file_that_cannot_be_read_or_is_empty_is_said(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        load_examples(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(UsageError, match="holds no routing example"):
        load_examples(tmp_path / "empty.jsonl")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        load_examples(tmp_path / "bytes.jsonl")


HOTEL = {
    "breakfast": [
        "When is breakfast served?",
        "What time does breakfast start?",
        "Is breakfast included in the price?",
        "Do you have vegan food at breakfast?",
        "Until when can I have breakfast?",
        "Can breakfast be brought to my room?",
    ],
    "wifi": [
        "What is the wifi password?",
        "How do I connect to the internet?",
        "The wifi is very slow",
        "Is the internet free of charge?",
        "I cannot get online with my laptop",
        "Does the wifi reach the garden?",
    ],
    "airport": [
        "How do I get to the airport?",
        "Can you book a taxi to the airport?",
        "Is there a shuttle to the airport?",
        "How long is the drive to the airport?",
        "I need a transfer for my flight tomorrow",
        "What does the airport bus cost?",
    ],
    "pets": [
        "May I bring my dog?",
        "Are cats allowed in the rooms?",
        "Is there a fee for pets?",
        "Do you have a bowl for my dog?",
        "Which rooms are open to animals?",
        "Can I leave the dog alone in the room?",
    ],
    "": [
        "Who won the match yesterday?",
        "Write a poem about the sea",
        "What is the square root of 144?",
        "Recommend me a film for tonight",
        "Translate this sentence into Latin",
        "What will the stock market do?",
    ],
}


async def test_the_real_encoder_routes_new_questions(tmp_path):
    (tmp_path / "workbench.toml").write_text("")
    embedder = load_embedder(load_settings(tmp_path))
    known = examples(*((texts, [name] if name else []) for name, texts in HOTEL.items()))
    assert len(known) == 30
    router = NearestRouter.train(known, embedder)
    for text, labels in (
        ("At what hour can we eat breakfast?", ("breakfast",)),
        ("Mật khẩu wifi là gì?", ("wifi",)),
        ("Bagaimana cara ke bandara?", ("airport",)),
        ("Is my puppy welcome?", ("pets",)),
        ("Tell me the capital of Mongolia", ()),
    ):
        assert (await router.route(text)).labels == labels
