"""The scale files against the tables a clinician checks, and what a file that is wrong is told."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart.rules.cadence import Last, due
from chart.rules.scale_file import scale_from
from chart.rules.scales import Scale, answer_findings
from chart.scales import HERE, scales, withdrawal_scales
from tests.chart.test_scales import HOUR, NOW, answered, quick
from tests.doc_table import table

PAGE = "docs/rules/scales.md"
BY_NAME = {each.name: each for each in scales().values()}
DAY = 24 * HOUR


def test_the_page_says_what_the_files_say() -> None:
    told = {tuple(row.values()) for row in table(PAGE, "What is on file")}
    assert told == {
        (
            scale.name, str(len(scale.items)), each.name, str(each.bottom), str(each.top), "higher" if each.higher else "lower",
            str(each.change), scale.wording, ", ".join(scale.by),
        )
        for scale in scales().values()
        for each in scale.measures
    }  # fmt: skip


def test_the_page_names_every_band_and_bands_cover_the_range_once() -> None:
    told = [tuple(row.values()) for row in table(PAGE, "Bands")]
    measures = [each for scale in scales().values() for each in scale.measures]
    assert sorted(told) == sorted(
        (each.name, str(band.least), str(band.most), band.label) for each in measures for band in each.bands
    )
    for each in measures:
        assert (each.bands[0].least, each.bands[-1].most) == (each.bottom, each.top)
        assert all(later.least == earlier.most + 1 for earlier, later in pairwise(each.bands))


@pytest.mark.parametrize(
    "row", table(PAGE, "Examples"), ids=lambda row: f"{row['Scale']} {row['Answers']}".replace(" ", "")
)
def test_the_examples_of_the_page(row: dict[str, str]) -> None:
    scale = BY_NAME[row["Scale"]]
    given_ = row["Answers"].split()
    answers = {item.code: int(word) for item, word in zip(scale.items, given_, strict=True) if word != "-"}
    assert answer_findings(scale, answers) == []
    results = scale.results(answers)
    said = str(results[""]) if "" in results else ", ".join(f"{e.name} {results[e.code]}" for e in scale.measures)
    first = scale.measures[0]
    assert (said, first.band(results[first.code]).label) == (row["Result"], row["Band"])
    assert bool(scale.alarms(answers)) == (row["Alert"] == "yes")


def test_the_page_says_when_each_is_due() -> None:
    told = {(row["Scale"], row["Intake, days"], row["Then every, days"]) for row in table(PAGE, "When a scale is due")}
    assert told == {
        (each.name, str(each.cadence.intake_days or ""), str(each.cadence.every_days or ""))
        for each in scales().values()
    }


def test_wording_ships_for_the_two_whose_licence_is_clear_and_only_these_are_for_the_client() -> None:
    assert {each.name for each in scales().values() if each.wording == "full"} == {"PHQ-9", "GAD-7"}
    assert {each.name for each in scales().values() if each.for_client} == {"PHQ-9", "GAD-7"}
    assert all("No permission required" in BY_NAME[name].licence for name in ("PHQ-9", "GAD-7"))
    assert all(each.licence and each.source for each in scales().values())
    assert set(withdrawal_scales()) == {"ciwa_ar", "cows"}


def test_an_alert_fits_a_task() -> None:
    for scale in scales().values():
        for alert in scale.alerts:
            assert len(alert.title) <= 120
            assert len(alert.line) <= 300


@quick
@given(answered(), st.data())
def test_an_item_that_is_not_asked_counts_for_nothing_and_may_not_be_answered(
    case: tuple[Scale, dict[str, int]], data: st.DataObject
) -> None:
    scale, answers = case
    off = scale.skipped(answers)
    assert off.isdisjoint(answers)
    assert all(each.bottom <= scale.results(answers)[each.code] <= each.top for each in scale.measures)
    if off:
        code = data.draw(st.sampled_from(sorted(off)))
        item = scale.item(code)
        assert item is not None
        extra = answers | {code: item.values[-1]}
        assert [each.code for each in answer_findings(scale, extra)] == ["score.skipped"]


@quick
@given(answered(), st.data())
def test_one_answer_more_never_makes_a_scale_better(case: tuple[Scale, dict[str, int]], data: st.DataObject) -> None:
    """Raising what one item is worth raises its measures by as much, a rank never falls, and no alert goes away."""
    scale, answers = case
    code = data.draw(st.sampled_from(sorted(answers)))
    item = scale.item(code)
    assert item is not None
    worth = sorted(item.values, key=item.points)
    higher = data.draw(st.sampled_from([each for each in worth if item.points(each) >= item.points(answers[code])]))
    after = answers | {code: higher}
    if scale.skipped(after) != scale.skipped(answers):
        return
    more = item.points(higher) - item.points(answers[code])
    for each in scale.measures:
        grown = scale.results(after)[each.code] - scale.results(answers)[each.code]
        assert grown >= 0 if scale.ranks else grown == (more if code in each.items else 0)
    assert set(scale.alarms(answers)) <= set(scale.alarms(after))


PHQ, AUDIT, BAM = ("phq-9.toml", "audit.toml", "bam.toml")


@pytest.mark.parametrize(
    ("file", "was", "now", "said"),
    [
        ("ciwa-ar.toml", "from = 8\n", "from = 0\n", "Bands begin at 0"),
        ("ciwa-ar.toml", "values = [0, 1, 2, 3, 4]", "values = [2, 3]", "begin at 0"),
        ("ciwa-ar.toml", 'licence = "', 'licence = ""\nx = "', "no setting called x"),
        ("ciwa-ar.toml", 'licence = "', 'licence = ""\nlead = "', "says its licence"),
        ("ciwa-ar.toml", 'code = "tremor"', 'code = "nausea"', "its own code"),
        ("ciwa-ar.toml", 'kind = "withdrawal"', 'kind = "mood"', "kind is one of"),
        ("ciwa-ar.toml", 'wording = "neutral"', 'wording = "neutral"\nby = ["client"]', "wording ships"),
        ("ciwa-ar.toml", "jump = 15", "jump = -1", "jump is a whole number"),
        (PHQ, "from = 20", "from = 28", "ends at 27"),
        (PHQ, 'words = ["Not at all", ', "words = [", "4 values and 3 words"),
        (PHQ, 'item = "q9"', 'item = "q10"', "names the item q10"),
        (PHQ, "least = 1", 'least = "one"', "least is a whole number"),
        (PHQ, "every_days = 14", "every_weeks = 2", "no every_weeks"),
        (PHQ, 'text = "Poor appetite or overeating"', 'text = ""', "a text and the words"),
        (PHQ, 'tone = "held"', 'tone = "blue"', "one of the tones"),
        (AUDIT, "when = { q1 = [0] }", "when = { q9 = [0] }", "come before them"),
        (AUDIT, "when = { q1 = [0] }", "when = { q1 = [7] }", "may not have"),
        (BAM, '"q4", "q5", "q6"]', '"q4", "q5", "q66"]', "q66, which is not there"),
        (BAM, 'code = "risk"', 'code = "use"', "its own code"),
        (BAM, 'better = "higher"', 'better = "more"', "better is one of"),
    ],
)
def test_a_file_that_is_wrong_is_not_read(file: str, was: str, now: str, said: str) -> None:
    text = (HERE / file).read_text()
    assert was in text
    with pytest.raises(ValueError, match=said):
        scale_from(text.replace(was, now, 1))


def test_a_scale_is_due_at_intake_then_by_its_rhythm() -> None:
    start = NOW - 20 * DAY
    phq, audit_c, ssrs, pcl = (scales()[code] for code in ("phq_9", "audit_c", "c_ssrs", "pcl_5"))

    def at(scale: Scale, **last: float) -> tuple[float, str] | None:
        known = {code: Last(NOW - days * DAY, 5) for code, days in last.items()}
        found = due(scale, start, known, {"audit_c": "AUDIT-C"})
        return None if found is None else ((found.at - NOW) / DAY, found.why)

    assert at(phq) == (-17, "at intake")
    assert at(phq, phq_9=40) == (-17, "at intake")  # an earlier episode's is too long ago
    assert at(phq, phq_9=5) == (9, "every 14 days")
    assert at(audit_c, audit_c=40) == (325, "every 365 days")  # within the year: it stands for this episode too
    assert at(audit_c, audit_c=400) == (-17, "at intake")
    assert at(ssrs, c_ssrs=40) == (-19, "at intake")
    assert at(ssrs, c_ssrs=2) is None
    assert at(pcl) is None
    assert at(pcl, pcl_5=31) == (-1, "every 30 days")
    audit = scales()["audit"]
    assert at(audit) is None
    assert at(audit, audit_c=4) == (-4, "after AUDIT-C 5")
    assert at(audit, audit_c=4, audit=3) is None
    assert at(audit, audit_c=60) is None  # before this episode's intake
