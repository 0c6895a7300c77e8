"""The examples of docs/api.md, sent and compared word for word; what differs from day to day stands in braces there."""

import json
import re
from pathlib import Path
from typing import Any

from emar.rules.schedule import Once
from tests.emar.conftest import Morning
from tests.emar.talk import URL, due_now, headache, post, signed_in
from tests.factories.meds import medication, order

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(r"^```json (\S[^\n]*)\n(.*?)\n```$", re.DOTALL | re.MULTILINE)
EXAMPLES = dict(EXAMPLE.findall(PAGE.read_text(encoding="utf-8")))
ANY = {
    "{time}": r"\d{4}-\d\d-\d\dT\d\d:\d\d.*",
    "{now}": r"\d{4}-\d\d-\d\dT\d\d:\d\d.*Z",
    "{words}": r".+\.",
    "{id}": r"\d+",
}


def told(name: str, known: dict[str, Any]) -> Any:
    """An example with the ids and the due time of this test in it."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        return known.get(value, value) if isinstance(value, str) else value

    return filled(json.loads(EXAMPLES[name]))


def off(example: Any, answer: Any, where: str = "") -> list[str]:
    """Where an answer differs from the example: nothing where it is the same, field by field."""
    if isinstance(example, dict) and isinstance(answer, dict):
        lone = [f"{where}.{key}" for key in sorted(example.keys() ^ answer.keys())]
        both = [
            found
            for key in example.keys() & answer.keys()
            for found in off(example[key], answer[key], f"{where}.{key}")
        ]
        return lone + both
    if isinstance(example, list) and isinstance(answer, list) and len(example) == len(answer):
        return [
            found for number, inner in enumerate(example) for found in off(inner, answer[number], f"{where}.{number}")
        ]
    pattern = ANY.get(example) if isinstance(example, str) else None
    fits = example == answer if pattern is None else re.fullmatch(pattern, str(answer)) is not None
    return [] if fits else [f"{where}: {example!r}, not {answer!r}"]


def test_the_examples_of_the_page(db: None) -> None:
    morning: Morning = due_now()
    nurse, colleague = signed_in(morning.here.on_unit), signed_in(morning.here.second_nurse)
    due = morning.thiamine.started_at
    known = {
        "{unit}": morning.here.unit.pk, "{client}": morning.elin.pk, "{due}": due.isoformat().replace("+00:00", "Z"),
        "{thiamine}": morning.thiamine.pk, "{ibuprofen}": morning.ibuprofen.pk,
    }  # fmt: skip
    type(morning.thiamine).objects.filter(episode=morning.episode, schedule__kind="fixed_times").update(
        ended_at=due, stopped_at=due, stopped_by=morning.here.prescriber, until=None
    )
    page = nurse.get(f"/api/emar/pass/{morning.here.unit.pk}", {"at": due.isoformat()}).json()
    assert off(told("due list", known), page) == []

    asked = told("chart", known)
    status, charted = post(nurse, asked)
    assert (status, off(told("charted", known), charted)) == (201, [])
    assert post(nurse, asked) == (200, charted)
    status, answer = post(colleague, asked | {"key": "11111111-1111-4111-8111-111111111111"})
    assert (status, off(told("already charted", known), answer)) == (409, [])

    folate = order(
        morning.episode, medication("Folate", "1 mg"), Once(), by=morning.here.prescriber, started_at=due,
    )  # fmt: skip
    known["{folate}"] = folate.pk
    status, answer = post(colleague, told("chart all", known), f"/api/emar/clients/{morning.elin.pk}/administrations")
    assert (status, off(told("answered all", known), answer)) == (200, [])

    status, second = post(nurse, told("correct", known), f"{URL}/{charted['id']}/corrections")
    assert (status, second["corrects"]) == (201, charted["id"])
    given = post(nurse, headache(morning))[1]
    assert post(nurse, told("effect", known), f"{URL}/{given['id']}/effect")[0] == 201
    effect_fields = set(nurse.get("/api/emar/effects").json())
    assert effect_fields == {"now", "effects"}


def test_every_example_of_the_page_is_used() -> None:
    assert set(EXAMPLES) == {
        "due list", "chart", "charted", "already charted", "chart all", "answered all", "correct", "effect",
    }  # fmt: skip
