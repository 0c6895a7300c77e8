"""Vital signs: what cannot be is refused with a sentence, what is unlikely asks why, corrections stand beside what they correct."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.rules.findings import Refused
from chart.actions.vitals import take_vitals
from chart.models import Task, Vitals, VitalsPolicy
from chart.queries.vitals import last_known, limits_of, measured, pictures, taken, walked
from chart.rules.vitals import read, signs_from, to_look_at, usual
from chart.vitals import FILE, signs
from emar.keys import minute_of
from emar.rules.orders import Comparison, limits_to_json
from emar.rules.orders import Measure as Limit
from emar.rules.schedule import Once
from programs.models import Leave
from staff.access import NotAllowed
from tests.chart.test_scales import quick
from tests.emar.conftest import NOW, Morning, make_morning
from tests.emar.conftest import morning as morning
from tests.emar.desk import body
from tests.factories import admit, client
from tests.factories.meds import hold_if, order
from tests.signing import signed_in as as_

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def took(morning: Morning, at: Any = NOW, **more: Any) -> Vitals:
    asked: dict[str, Any] = {
        "by": morning.here.on_unit, "at": at, "episode_id": morning.episode.pk,
        "measured": {"systolic": "128", "diastolic": "82", "pulse": "76"},
    }  # fmt: skip
    return take_vitals(**asked | more)


def told(act: Any) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return f"{refused.value.findings[0].code}: {refused.value.findings[0].message}"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"pulse": "9999"}, "vitals.pulse: Pulse 9999/min cannot be: it is from 20 to 300 /min. Measure again and enter it."),
        ({"temperature": "98.6"}, "vitals.temperature: Temperature 98.6 C cannot be: it is from 25 to 45 C. Did you mean 98.6 F?"),
        ({"weight": "900"}, "vitals.weight: Weight 900 kg cannot be: it is from 20 to 350 kg. Measure again and enter it."),
        ({"spo2": "101"}, "vitals.spo2: SpO2 101 % cannot be: it is from 40 to 100 %. Measure again and enter it."),
        ({"pulse": "76.5"}, "vitals.pulse: Pulse: '76.5' is not a whole number. Enter it again."),
        ({"pulse": "seventy"}, "vitals.pulse: Pulse: 'seventy' is not a whole number. Enter it again."),
        ({"pulse": "1e2"}, "vitals.pulse: Pulse: '1e2' is not a whole number. Enter it again."),
        ({"pulse": "NaN"}, "vitals.pulse: Pulse: 'NaN' is not a whole number. Enter it again."),
        ({"temperature": "37.25"}, "vitals.temperature: Temperature: '37.25' is not a number such as 37.2. Enter it again."),
        ({"systolic": "120"}, "vitals.pair: A blood pressure has both numbers: enter the other one, too."),
        ({"systolic": "80", "diastolic": "120"}, "vitals.pair: Diastolic 120 is not under systolic 80. Look at the two again."),
        ({}, "vitals.nothing: Nothing was entered. Enter what was measured; leave the rest empty."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(morning: Morning, typed: dict[str, str], said: str) -> None:
    assert told(lambda: took(morning, measured=typed)) == said
    assert not Vitals.objects.exists()


@quick
@given(st.dictionaries(st.sampled_from(sorted(signs())), st.text(max_size=8), max_size=4))
def test_whatever_is_typed_is_a_value_within_what_is_possible_or_a_sentence(typed: dict[str, str]) -> None:
    entered, found = read(signs(), typed, {})
    assert entered or found
    if not found:
        for each in entered.values():
            assert each.sign.possible[0] <= each.canonical <= each.sign.possible[1]


@quick
@given(st.decimals(77, 113, places=1), st.decimals(45, 700, places=1))
def test_units_are_kept_as_entered_and_converted_beside_it(fahrenheit: Decimal, pounds: Decimal) -> None:
    entered, found = read(
        signs(), {"temperature": str(fahrenheit), "weight": str(pounds)}, {"temperature": "F", "weight": "lb"}
    )
    assert not found
    assert entered["temperature"].value == fahrenheit
    assert abs(entered["temperature"].canonical * 9 / 5 + 32 - fahrenheit) < Decimal("0.02")
    assert abs(entered["weight"].canonical / Decimal("0.45359237") - pounds) < Decimal("0.02")


def test_both_units_stand_in_the_row(morning: Morning) -> None:
    measured_ = {"temperature": "98,6", "weight": "154", "height": "70", "glucose": "5.5"}
    row = took(
        morning, measured=measured_, units={"temperature": "F", "weight": "lb", "height": "in", "glucose": "mmol/L"}
    )
    row.refresh_from_db()
    assert (row.temperature, row.temperature_c, row.weight_kg, row.height_cm, row.glucose_mgdl) == (
        Decimal("98.6"), Decimal("37.00"), Decimal("69.85"), Decimal("177.80"), Decimal("99.09"),
    )  # fmt: skip
    assert row.units["glucose"] == "mmol/L"


def test_what_is_unlikely_asks_for_a_reason(morning: Morning) -> None:
    typed = {"pulse": "36"}
    assert told(lambda: took(morning, measured=typed)).startswith("vitals.unlikely_pulse: Pulse 36/min is unusual.")
    row = took(morning, measured=typed, overrides={"vitals.unlikely_pulse": "Runs marathons, feels well"})
    assert row.overrides[0]["reason"] == "Runs marathons, feels well"


def test_outside_the_limits_of_the_site_somebody_has_to_look(morning: Morning) -> None:
    took(morning)
    assert not Task.objects.exists()
    row = took(morning, at=NOW + HOUR, measured={"pulse": "132", "spo2": "90"})
    task = Task.objects.get()
    assert (task.kind, task.urgent, task.subject_id) == ("vitals", True, row.pk)
    assert task.line == "Pulse 132/min, over 120; SpO2 90 %, under 92"
    VitalsPolicy.objects.create(
        site=morning.here.site, limits={"pulse": [None, 140]}, source="Medical director", by=morning.here.director,
        started_at=NOW + 2 * HOUR,
    )  # fmt: skip
    assert limits_of(morning.here.site.pk, NOW + 3 * HOUR) == {"pulse": (None, Decimal(140))}
    took(morning, at=NOW + 3 * HOUR, measured={"pulse": "132", "spo2": "90"})
    assert Task.objects.count() == 1


def test_times_late_entries_and_corrections(morning: Morning) -> None:
    assert told(lambda: took(morning, about_at=NOW + 6 * MINUTE)).startswith(
        "vitals.future: 08:16 on 5 Jan has not come"
    )
    assert told(lambda: took(morning, about_at=NOW - 8 * DAY)).startswith(
        "vitals.old: Vitals are entered within 7 days."
    )
    assert told(lambda: took(morning, about_at=NOW - 30 * DAY)).startswith("vitals.before")
    old = took(morning, about_at=NOW - 3 * HOUR)
    (shown,) = taken(morning.elin.pk, morning.here.site.pk, NOW, NOW - DAY)
    assert shown.late
    assert told(lambda: took(morning, corrects_id=old.pk)).startswith("vitals.why")
    new = took(morning, at=NOW + HOUR, corrects_id=old.pk, note="Wrong cuff", measured={"pulse": "90"})
    assert (new.at, new.systolic) == (old.at, None)
    assert told(lambda: took(morning, corrects_id=old.pk, note="Again")).startswith("vitals.corrected: RN Cole already")
    now, then = (
        taken(morning.elin.pk, morning.here.site.pk, at, NOW - DAY)[0].row.pk for at in (NOW + HOUR, NOW + MINUTE)
    )
    assert (now, then) == (new.pk, old.pk)
    titles = [each.title for each in measured(morning.elin.pk, NOW - DAY, NOW + DAY, NOW + HOUR)]
    assert titles == ["BP 128/82, P 76, corrected by RN Cole", "P 90, a correction"]


def test_a_retry_is_one_row_and_only_who_may_takes_them(morning: Morning) -> None:
    key = uuid4()
    assert took(morning, key=key) == took(morning, key=key)
    assert Vitals.objects.count() == 1
    for who in (morning.here.facilitator, morning.here.intake, morning.here.elsewhere):
        with pytest.raises(NotAllowed):
            took(morning, by=who)


def test_the_database_refuses_what_the_rules_would(morning: Morning) -> None:
    row = took(morning)
    for act in (lambda: Vitals.objects.update(pulse=3), row.delete):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            act()
    values: dict[str, Any] = {
        "client": morning.elin, "episode": morning.episode, "at": NOW - HOUR, "written_at": NOW, "by": morning.here.on_unit,
    }  # fmt: skip
    wrongs: list[dict[str, Any]] = [
        {}, {"systolic": 120}, {"systolic": 80, "diastolic": 90}, {"pain": 11}, {"spo2": 101}, {"temperature": 37},
        {"pulse": 70, "written_at": NOW - 2 * HOUR}, {"pulse": 70, "corrects": row},
    ]  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            Vitals.objects.create(**values | wrong)


def test_a_round_keeps_each_row_and_leaves_the_wrong_one_with_its_sentence(morning: Morning) -> None:
    other = client(morning.here, "Theo", "Marsh")
    second = admit(morning.here, other, morning.here.residential, morning.here.beds[1])
    nurse, where = as_(morning.here.on_unit), f"/clients/vitals/{morning.here.unit.pk}/"
    page = body(nurse.get(where))
    assert page.index("Elin Novak") < page.index("Theo Marsh")
    first_key = str(uuid4())
    sent = {
        "unit-temperature": "F", f"{morning.episode.pk}-key": first_key, f"{morning.episode.pk}-pulse": "80",
        f"{morning.episode.pk}-temperature": "98.6", f"{second.pk}-key": str(uuid4()), f"{second.pk}-pulse": "9999",
    }  # fmt: skip
    answer = nurse.post(where, sent)
    assert answer.status_code == 422
    said = body(answer)
    assert "Kept for 1 client. 1 row not kept" in said
    assert "Kept: P 80, T 98.6 F" in said
    assert "Pulse 9999/min cannot be" in said
    assert 'value="9999"' in said
    nurse.post(where, sent)  # a retry
    assert Vitals.objects.count() == 1
    doubtful = nurse.post(where, {f"{second.pk}-key": str(uuid4()), f"{second.pk}-pulse": "36"})
    assert "Reason, for Theo Marsh" in body(doubtful)
    kept = nurse.post(
        where, {f"{second.pk}-key": str(uuid4()), f"{second.pk}-pulse": "36", f"{second.pk}-why": "Athlete"}
    )
    assert kept.status_code == 200
    assert Vitals.objects.count() == 2


def test_a_round_tells_who_is_away_in_six_queries(morning: Morning, django_assert_num_queries: Any) -> None:
    Leave.objects.create(episode=morning.episode, kind="pass", started_at=NOW - HOUR, expected_at=NOW + HOUR)
    with django_assert_num_queries(5):
        name, rows = walked(morning.here.site.pk, morning.here.unit.pk, NOW)
    assert (name, [each.away for each in rows]) == ("Alder", ["On pass"])
    with pytest.raises(LookupError):
        walked(morning.here.other_site.pk, morning.here.unit.pk, NOW)
    assert as_(morning.here.elsewhere).get(f"/clients/vitals/{morning.here.unit.pk}/").status_code == 404


def test_the_page_keeps_what_was_typed_and_draws_what_was_measured(morning: Morning) -> None:
    nurse, where = as_(morning.here.on_unit), f"/clients/{morning.elin.pk}/vitals/take/"
    wrong = body(nurse.post(where, {"pulse": "9999", "systolic": "121", "diastolic": "79", "key": str(uuid4())}))
    assert 'value="9999"' in wrong
    assert 'value="121"' in wrong
    for back in range(3):
        took(
            morning,
            at=NOW - back * DAY,
            measured={"systolic": "190", "diastolic": "95", "temperature": "37.1", "pain": "4"},
        )
    rows = taken(morning.elin.pk, morning.here.site.pk, NOW, NOW - 5 * DAY)
    drawn = pictures(rows, usual(signs()), NOW - 5 * DAY, NOW, morning.here.site.tz)
    assert [(each.name, each.newest) for each in drawn] == [
        ("Blood pressure", "190/95"),
        ("Temperature", "37.1 C"),
        ("Pain", "4"),
    ]
    assert {dot.tone for dot in drawn[0].drawn.lines[0].dots} == {"late"}
    for each in drawn:
        for line in each.drawn.lines:
            assert all(each.drawn.top <= dot.y <= each.drawn.floor for dot in line.dots)
    assert "Nothing was measured" in body(
        nurse.get(f"/clients/{morning.elin.pk}/vitals/?of=3+days")
    )  # the page's clock is now
    assert last_known(morning.elin.pk, ["systolic", "spo2"], NOW)["systolic"] == (Decimal(190), NOW)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("likely = [80, 200]", "likely = [10, 200]", "likely lies within"), ('units = ["C", "F"]', 'units = ["C", "K"]', "converted"),
        ("possible = [20, 300]", "possible = [20]", "two numbers"), ('short = "BP"', 'short = ""', "a short one"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_not_read(was: str, now: str, said: str) -> None:
    text = FILE.read_text()
    assert was in text
    with pytest.raises(ValueError, match=said):
        signs_from(text.replace(was, now, 1))


def test_limits_are_outside_not_on_them() -> None:
    entered, _ = read(signs(), {"pulse": "120", "respiration": "25"}, {})
    assert to_look_at(entered, usual(signs())) == ["Respiration 25/min, over 24"]


def test_a_dose_with_limits_shows_what_was_measured_last_and_fills_in_nothing(db: None) -> None:
    morning = make_morning(timezone.now())
    limits = limits_to_json([hold_if(Limit.SYSTOLIC, Comparison.BELOW, "100")])
    limited = order(
        morning.episode, morning.thiamine.medication, Once(), by=morning.here.prescriber, hold_limits=limits,
        started_at=morning.here.now - 2 * MINUTE,
    )  # fmt: skip
    took(morning, at=morning.here.now)
    where = f"/pass/orders/{limited.pk}/{minute_of(limited.started_at)}/sheet/?give=yes"
    said = body(as_(morning.here.on_unit).get(where))
    assert "by RN Cole: BP 128/82, P 76" in said
    assert 'name="measure-systolic" inputmode="decimal" autocomplete="off">' in said
