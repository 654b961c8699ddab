"""The router that knows descriptions alone, on an encoder that counts words."""

import zlib

import numpy as np
import pytest

from workbench.engine.routing.background import DESCRIPTIONS, REQUESTS, Background
from workbench.engine.routing.describing import DescribingRouter, describe
from workbench.errors import UsageError


class Words:
    """An encoder that counts words, each in a place of its own."""

    name, dimension = "words", 1024

    def embed_query(self, text):
        vector = np.full(self.dimension, 1e-3)
        for word in text.casefold().replace("?", " ").replace(":", " ").split():
            vector[zlib.crc32(word.encode()) % self.dimension] += 1
        return (vector / np.linalg.norm(vector)).tolist()

    def embed_passages(self, texts):
        return [self.embed_query(text) for text in texts]


TOOLS = {
    "get_room_status": describe("get_room_status", "is a room clean", {"room_number": "which"}),
    "find_booking": describe("find_booking", "who stays until when", {"guest_name": "whole name"}),
}


@pytest.fixture(scope="module")
def background():
    return Background.of(Words())


def router(background, **more):
    return DescribingRouter(TOOLS, Words(), background, **more)


def test_a_description_holds_the_words_of_names_and_arguments():
    assert TOOLS["get_room_status"] == "get room status: is a room clean room number: which"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("is room 201 clean", ("get_room_status",)),
        ("who is the guest and until when", ("find_booking",)),
        ("quarterly revenue forecast spreadsheet", ()),
    ],
)
async def test_a_text_goes_to_the_nearest_description_or_nowhere(background, text, labels):
    route = await router(background).route(text)
    assert route.labels == labels
    assert route.method == "described"
    assert 0 < route.confidence <= 1


async def test_probabilities_add_up_to_that_of_being_in_scope(background):
    route = await router(background).route("is room 201 clean")
    (first, share), (_, other) = route.probabilities.items()
    assert first == "get_room_status" and share > 0.5 > other
    assert share + other <= 1
    assert route.confidence == pytest.approx(share)


async def test_a_higher_threshold_declines_more_and_says_so(background):
    text = "is room 201 clean"
    route = await router(background, middle=0.99).route(text)
    assert route.labels == ()
    assert sum(route.probabilities.values()) < 0.5
    assert route.confidence == pytest.approx(1 - sum(route.probabilities.values()))


def test_what_all_texts_of_a_kind_share_counts_for_nothing(background):
    shared = np.asarray(background.requests[0])
    own = np.zeros(Words.dimension)
    own[3] = 1.0
    assert background.request(shared + own) == pytest.approx(own, abs=1e-6)
    assert np.linalg.norm(background.description(background.descriptions)) == pytest.approx(0.0)


def test_a_request_loses_the_mean_of_its_own_language(background):
    languages = list(REQUESTS)
    for row, language in enumerate(languages):
        vectors = [np.asarray(Words().embed_query(text)) for text in REQUESTS[language]]
        moved = [background.request(vector) for vector in vectors]
        plain = [
            (vector - background.requests[row]) / np.linalg.norm(vector - background.requests[row])
            for vector in vectors
        ]
        same = [np.allclose(one, other) for one, other in zip(moved, plain, strict=True)]
        assert all(same)


def test_the_background_is_as_broad_in_every_language():
    assert {len(texts) for texts in REQUESTS.values()} == {len(DESCRIPTIONS)}


def test_a_router_without_labels_is_refused(background):
    with pytest.raises(UsageError, match="at least one label"):
        DescribingRouter({}, Words(), background)
