"""What is said of a note before it is signed: gaps, times, late entries, copies; and templates that can be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Severity
from chart.note_templates import shipped
from chart.rules.note_templates import MOST_FIELDS, Field, Template, check, name_of, template_from
from chart.rules.notes import LONGEST_NOTE, Around, Asked, gaps, late, late_entry, rendered, times, unedited

NOW = datetime(2025, 11, 18, 15, 42, tzinfo=UTC)
HOUR = timedelta(hours=1)
AROUND = Around(NOW, NOW - timedelta(days=10))
OURS = Template(
    "ours", "Ours", "progress", "", (
        Field("said", "Said", required=True), Field("seen", "Seen"), Field("safe", "Safety", risk=True),
    ), asks_times=True,
)  # fmt: skip
WHOLE = {"said": "Slept.", "seen": "Calm.", "safe": "Asked: no."}
DONE: dict[str, Any] = {"started": NOW - HOUR, "ended": NOW}


def codes(asked: Asked) -> list[str]:
    return [finding.code for finding in gaps(asked)]


def test_a_whole_note_has_no_gap() -> None:
    assert codes(Asked(OURS, WHOLE, **DONE, objectives=1, open_objectives=2)) == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(OURS, WHOLE | {"said": " "}, **DONE), ["note.field_missing"]),
        (Asked(OURS, WHOLE | {"seen": ""}, **DONE), []),
        (Asked(OURS, WHOLE | {"safe": ""}, **DONE), ["note.risk_missing"]),
        (Asked(OURS, WHOLE, started=NOW - HOUR), ["note.time_missing"]),
        (Asked(OURS, WHOLE, **DONE, open_objectives=2), ["note.goal_missing"]),
        (Asked(OURS, WHOLE, **DONE, copied={"said": "Slept. "}), ["note.copied"]),
        (Asked(OURS, {"said": "\n"}), ["chart.note_empty"]),
        (Asked(OURS, WHOLE | {"seen": "x" * LONGEST_NOTE}, **DONE), ["chart.note_long"]),
    ],
)
def test_each_gap_has_its_own_sentence(asked: Asked, expected: list[str]) -> None:
    assert codes(asked) == expected


def test_copied_fields_are_named_by_their_labels() -> None:
    [finding] = gaps(Asked(OURS, WHOLE, **DONE, copied={"said": "Slept.", "safe": "Asked: no.", "seen": "Other."}))
    assert finding.message.startswith("Said and Safety stand as copied from an earlier note")
    assert finding.severity is Severity.OVERRIDE


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(OURS, {}, about=NOW + HOUR), ["chart.note_future"]),
        (Asked(OURS, {}, about=NOW), []),
        (Asked(OURS, {}, about=NOW - timedelta(days=11)), ["chart.note_before"]),
        (Asked(OURS, {}, started=NOW, ended=NOW), ["note.ends_first"]),
        (Asked(OURS, {}, started=NOW - 13 * HOUR, ended=NOW), ["note.hours"]),
        (Asked(OURS, {}, started=NOW - 12 * HOUR, ended=NOW), []),
    ],
)
def test_times_that_cannot_be_are_refused(asked: Asked, expected: list[str]) -> None:
    assert [finding.code for finding in times(asked, AROUND)] == expected


def test_late_is_later_than_the_threshold_and_says_how_long_ago() -> None:
    assert not late(NOW - 24 * HOUR, NOW, 24 * HOUR)
    assert late(NOW - 24 * HOUR - timedelta(seconds=1), NOW, 24 * HOUR)
    assert late_entry(NOW - 30 * HOUR, AROUND)[0].message.startswith("It happened 30 hours ago")
    assert late_entry(NOW - timedelta(days=5), AROUND)[0].message.startswith("It happened 5 days ago")
    assert late_entry(NOW - HOUR, AROUND) == []


def test_a_note_reads_as_its_filled_fields_under_their_labels() -> None:
    assert rendered(OURS, {"said": " Slept. ", "safe": "No."}) == "Said\nSlept.\n\nSafety\nNo."
    assert rendered(shipped()["narrative"], {"text": " Slept.\n"}) == "Slept."


words = st.text(alphabet=" \nab", max_size=4)
drawn = st.builds(
    Asked,
    template=st.builds(
        Template, code=st.just("t"), name=st.just("T"), kind=st.just("progress"), line=st.just(""),
        fields=st.lists(
            st.builds(
                Field, name=st.sampled_from("pqrs"), label=st.sampled_from("PQRS"), required=st.booleans(), risk=st.booleans()
            ), min_size=1, max_size=4, unique_by=lambda field: field.name,
        ).map(tuple), asks_times=st.booleans(), asks_goal=st.booleans(),
    ),
    fields=st.dictionaries(st.sampled_from("pqrs"), words),
    started=st.sampled_from([None, NOW - HOUR]), ended=st.sampled_from([None, NOW]),
    objectives=st.integers(0, 2), open_objectives=st.integers(0, 2),
    copied=st.dictionaries(st.sampled_from("pqrs"), words),
)  # fmt: skip


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(drawn)
def test_what_has_no_gap_has_everything_and_a_gap_is_always_a_lack(asked: Asked) -> None:
    found = {finding.code: finding for finding in gaps(asked)}
    filled = {field.name for field in asked.template.fields if asked.fields.get(field.name, "").strip()}
    lacking = {field.name for field in asked.template.fields if field.name not in filled}
    if not filled:
        assert set(found) == {"chart.note_empty"}
        return
    required = any(f.required and not f.risk and f.name in lacking for f in asked.template.fields)
    assert ("note.field_missing" in found) == required
    assert ("note.risk_missing" in found) == any(f.risk and f.name in lacking for f in asked.template.fields)
    assert ("note.time_missing" in found) == (asked.template.asks_times and None in (asked.started, asked.ended))
    assert ("note.goal_missing" in found) == (
        asked.template.asks_goal and asked.open_objectives > 0 and asked.objectives == 0
    )
    same = unedited(asked.fields, asked.copied)
    assert same <= {name for name, text in asked.fields.items() if text.strip()}
    assert ("note.copied" in found) == bool(same & filled)
    assert all(finding.severity is not Severity.NOTE for finding in found.values())


# Templates


def test_the_templates_that_ship_can_be_used() -> None:
    found = shipped()
    assert list(found)[:6] == ["narrative", "soap", "dap", "birp", "girp", "nursing"]
    assert all(check(template) == [] and template.version == 1 for template in found.values())
    assert all(found[code].asks_times for code in ("soap", "dap", "birp", "girp"))
    assert all(any(field.risk for field in found[code].fields) for code in ("soap", "dap", "birp", "girp"))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (Template("a", " ", "progress", "", (Field("a", "A"),)), "template.no_name"),
        (Template("a", "A", "poem", "", (Field("a", "A"),)), "template.kind"),
        (Template("a", "A", "progress", "", ()), "template.no_field"),
        (Template("a", "A", "progress", "", (Field("a", " "),)), "template.no_label"),
        (Template("a", "A", "progress", "", (Field("a", "A"), Field("b", "a"))), "template.twice"),
        (Template("a", "A" * 61, "progress", "", (Field("a", "A"),)), "template.long"),
        (Template("a", "A", "progress", "x" * 161, (Field("a", "A"),)), "template.long"),
        (
            Template("a", "A", "progress", "", tuple(Field(str(n), str(n)) for n in range(MOST_FIELDS + 1))),
            "template.many",
        ),
    ],
)
def test_a_template_that_cannot_be_is_told(template: Template, expected: str) -> None:
    assert [finding.code for finding in check(template)] == [expected]


def test_a_broken_file_says_what_it_lacks() -> None:
    with pytest.raises(ValueError, match="it has no 'name'"):
        template_from('code = "x"')


def test_a_new_field_gets_a_name_of_its_own() -> None:
    assert name_of("What they said") == "what_they_said"
    assert name_of("Plan", ["plan", "plan_2"]) == "plan_3"
    assert name_of("***") == "field"
