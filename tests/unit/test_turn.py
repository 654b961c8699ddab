import json
from pathlib import Path

import jsonschema
from pydantic import TypeAdapter

from workbench.engine.turn import Confidence, Cost, ModelInfo, Source, Turn

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "turn.json"
SOURCE = Source(
    number=1,
    document="policies/late.md",
    heading="Fees",
    chunk_id="c1",
    score=0.03,
    score_kind="rrf",
    quote="costs 500,000 VND",
    text="It costs 500,000 VND.",
)
TURN = Turn(
    id="t1",
    session="s1",
    assistant="hotel",
    lang="en",
    question="What does it cost?",
    answer="500,000 VND [1]",
    outcome="answered",
    sources=(SOURCE,),
    retrieved=(SOURCE,),
    confidence=Confidence(value=1.0, method="share"),
    cost=Cost(),
    model=ModelInfo(name="m"),
    prompt="answer@1+00000000",
)


def test_the_committed_schema_is_that_of_the_code():
    current = TypeAdapter(Turn).json_schema()
    assert json.loads(SCHEMA.read_text()) == current, (
        "write it anew: python -c 'import json; from pydantic import TypeAdapter; "
        "from workbench.engine.turn import Turn; "
        "print(json.dumps(TypeAdapter(Turn).json_schema(), indent=2))' > docs/schemas/turn.json"
    )


def test_a_turn_is_json_of_that_schema_and_can_be_read_back():
    record = json.loads(json.dumps(TURN.to_dict()))
    jsonschema.validate(record, json.loads(SCHEMA.read_text()))
    assert TypeAdapter(Turn).validate_python(record) == TURN


def test_an_unknown_price_is_null_and_not_zero():
    assert TURN.to_dict()["cost"] == {"amount": None, "currency": "USD", "priced": False}
