"""The pages of orders: what they show, what the form does with what is typed, and who gets in."""

import re
from datetime import time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from chart.models import Allergy
from emar import actions
from emar.models import Cosign, Order, OrderHold, VerbalOrder
from emar.order_forms import OrderForm, filled_from
from emar.rules.orders import Comparison, Measure, limits_to_json
from emar.rules.orders.facts import Sig
from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Once, Taper, TaperStep, from_json, to_json
from tests.emar.conftest import Morning, make_morning
from tests.emar.desk import body, folic, typed, written
from tests.factories.meds import as_needed, at_times, hold_if, medication, order, verbal
from tests.signing import signed_in as as_


@pytest.fixture
def morning(db: None) -> Morning:
    """Now: views take the clock of the desk."""
    return make_morning(timezone.now())


def test_orders_stand_under_running_on_hold_and_stopped(morning: Morning) -> None:
    here, now = morning.here, morning.here.now
    actions.hold_order(by=here.prescriber, at=now, order_id=morning.ibuprofen.pk, why="Before surgery")
    actions.stop_order(by=here.prescriber, at=now, order_id=morning.thiamine.pk, why="Level is fine")
    order(morning.episode, folic(), at_times("08:00"), by=here.prescriber, started_at=now + timedelta(days=2))
    page = body(as_(here.on_unit).get(f"/pass/orders/{morning.elin.pk}/"))
    held, planned, stopped = (page.index(f'id="group-{name}"') for name in ("held", "planned", "stopped"))
    assert held < page.index("On hold since") < planned < page.index("begins ") < stopped < page.index("Level is fine")
    assert "Before surgery" in page


def test_an_order_shows_its_marks_its_next_dose_and_its_limits(morning: Morning) -> None:
    here = morning.here
    drug = medication(
        "Clonidine", "0.1 mg", display_name="cloNIDine", high_alert=True, look_alike=True, dea_schedule="IV"
    )
    order(
        morning.episode, drug, at_times("08:00", "20:00"), by=here.prescriber, time_critical=True, witness="required",
        mode="observed", hold_limits=limits_to_json([hold_if(Measure.SYSTOLIC, Comparison.BELOW, "100")]),
    )  # fmt: skip
    page = body(as_(here.on_unit).get(f"/pass/orders/{morning.elin.pk}/"))
    for words in (
        "cloNIDine", "C-IV", "High alert", "Looks like another", "Time-critical", "Witness required",
        "Taken by the client, observed", "Hold if systolic is under 100 mmHg", "twice a day: 08:00, 20:00",
    ):  # fmt: skip
        assert words in page
    local = timezone.localtime(here.now, here.site.tz)
    assert f'<b class="nowrap">{"20:00" if 8 <= local.hour < 20 else "08:00"}' in page.replace(
        f"{local:%a} ", ""
    ).replace(f"{local + timedelta(days=1):%a} ", "")


def test_a_dose_that_is_due_now_stands_above_the_next_one(morning: Morning) -> None:
    here = morning.here
    since = here.now - timedelta(minutes=10)
    order(morning.episode, folic(), EveryHours(6), by=here.prescriber, started_at=since)
    path = f"/pass/orders/{morning.elin.pk}/"
    first, then = (f"{timezone.localtime(each, here.site.tz):%a %H:%M}" for each in (since, since + timedelta(hours=6)))
    said = body(as_(here.on_unit).get(path))
    assert f'Due since</span> <b class="nowrap">{first}' in said
    assert f'Next</span> <b class="nowrap">{then}' in said
    closed = here.now - timedelta(minutes=90)
    order(morning.episode, medication("Zinc", "50 mg"), EveryHours(6), by=here.prescriber, started_at=closed)
    assert body(as_(here.on_unit).get(path)).count("Due since") == said.count("Due since")


def test_a_changed_taper_says_what_each_step_was(morning: Morning) -> None:
    here = morning.here
    steps = (TaperStep(2, (time(8),), Decimal(40)), TaperStep(1, (time(8),), Decimal(20)))
    old = order(morning.episode, medication("Prednisone", "20 mg"), Taper(steps), by=here.prescriber, unit="mg")
    sig = Sig(schedule=to_json(Taper(steps[:1])), dose=None, unit="mg")
    after_eight = {"order.dose_waits": "He took it already", "order.taper_first_day": "He took it already"}
    actions.change_order(
        by=here.prescriber, at=here.now, order_id=old.pk, sig=sig, why="Shorter", overrides=after_eight
    )
    page = body(as_(here.on_unit).get(f"/pass/orders/{morning.elin.pk}/"))
    assert "2 steps: 40 mg for 2 days, then 20 mg for 1 day" in page


def test_a_changed_order_tells_its_versions_on_a_line_each(morning: Morning) -> None:
    here = morning.here
    sig = Sig(schedule=to_json(at_times("08:00")), dose=morning.thiamine.dose * 2, unit="mg")
    actions.change_order(
        by=here.prescriber, at=here.now, order_id=morning.thiamine.pk, sig=sig, why="Low level",
        overrides={"order.dose_waits": "He took it already"},
    )  # fmt: skip
    page = body(as_(here.on_unit).get(f"/pass/orders/{morning.elin.pk}/"))
    assert "changed from Thiamine 100 mg daily at " in page
    assert "Dr. Okoye" in page or here.prescriber.signature in page
    assert ": Low level</p>" in page
    assert "Changed</p>" not in page


def test_a_medication_is_found_by_name_generic_and_brand(morning: Morning) -> None:
    drug = medication(
        "Buprenorphine-naloxone", "8 mg", generic="buprenorphine and naloxone", brands="Suboxone, Zubsolv"
    )
    medication("Gone", "1 mg", is_active=False)
    browser = as_(morning.here.prescriber)
    for text in ("bupre", "NALOXONE", "subox", "zub 8"):
        page = body(browser.get(f"/pass/orders/{morning.elin.pk}/find/", {"q": text}))
        assert f"?medication={drug.pk}" in page, text
    assert "Nothing in the formulary is called “gone”" in body(
        browser.get(f"/pass/orders/{morning.elin.pk}/find/", {"q": "gone"})
    )


def test_fixed_times_of_the_site_and_ones_own(morning: Morning) -> None:
    schedule = from_json(written(morning, own="7:30 13.15").schedule)
    assert isinstance(schedule, FixedTimes)
    assert [f"{each:%H:%M}" for each in schedule.times] == ["07:30", "08:00", "13:15", "20:00"]


@pytest.mark.parametrize(
    ("fields", "days", "weekdays"),
    [
        ({"days": "other"}, 2, None),
        ({"days": "every", "every_n": "3"}, 3, None),
        ({"days": "weekdays", "weekdays": ["0", "2"]}, 1, frozenset({0, 2})),
        ({"days": "other", "weekdays": ["0", "2"]}, 2, frozenset({0, 2})),
        ({"days": "every", "every_n": "3", "weekdays": ["4"]}, 3, frozenset({4})),
        ({"days": "daily", "weekdays": ["4"]}, 1, None),
    ],
)
def test_fixed_times_on_some_days(morning: Morning, fields: dict[str, Any], days: int, weekdays: object) -> None:
    schedule = from_json(written(morning, **fields).schedule)
    assert isinstance(schedule, FixedTimes)
    assert (schedule.every_n_days, schedule.weekdays) == (days, weekdays)


def test_every_so_many_hours_once_and_as_needed(morning: Morning) -> None:
    assert from_json(written(morning, kind="hours", hours="6").schedule) == EveryHours(6)
    once = written(morning, kind="once", drug=medication("Lorazepam", "1 mg"))
    assert from_json(once.schedule) == Once()
    prn = written(
        morning, kind="prn", gap_hours="1", gap_minutes="30", most_doses="4", indication="Pain", most="3", most_unit="mg",
        reassess="45", drug=medication("Ketorolac", "1 mg"),
    )  # fmt: skip
    assert from_json(prn.schedule) == AsNeeded(timedelta(minutes=90), 4)
    assert (prn.indication, f"{prn.most_in_24h:f}", prn.most_unit, prn.reassess_minutes) == ("Pain", "3.000", "mg", 45)


def test_a_taper_takes_its_dose_from_its_first_step(morning: Morning) -> None:
    tomorrow = timezone.localtime(morning.here.now, morning.here.site.tz) + timedelta(days=1)
    made = written(
        morning, kind="taper", dose=None, start=f"{tomorrow:%Y-%m-%d}T00:00",
        **{"taper-0-amount": "2", "taper-0-days": "2", "taper-0-times": "08:00, 20:00"},
        **{"taper-2-amount": "1", "taper-2-days": "1", "taper-2-times": "20:00"}, taper_total="9",
    )  # fmt: skip
    schedule = from_json(made.schedule)
    assert isinstance(schedule, Taper)
    assert (f"{made.dose:f}", f"{schedule.total:f}", schedule.days) == ("2.000", "9", 3)


def test_start_stop_hold_limits_range_and_the_rest_are_kept(morning: Morning) -> None:
    made = written(
        morning, dose_max="2", for_days="10", indication="Anaemia", instructions="With food", mode="observed",
        witness="required", time_critical="on",
        **{"limit-1-measure": "pulse", "limit-1-comparison": "below", "limit-1-value": "60", "limit-1-fresh": "", "limit-1-strict": "no"},
    )  # fmt: skip
    limit = made.limits[0]
    assert (limit.words, limit.fresh_minutes, limit.strict) == ("Hold if pulse is under 60 a minute", 60, False)
    assert (f"{made.dose_max:f}", made.indication, made.instructions) == ("2.000", "Anaemia", "With food")
    assert (made.mode, made.witness, made.time_critical) == ("observed", "required", True)
    assert made.until is not None
    assert timedelta(days=9, hours=22) < made.until - made.started_at < timedelta(days=10, hours=2)


def test_nothing_typed_is_lost_on_a_refusal(morning: Morning) -> None:
    sent = typed(
        folic(), dose="lots", own="25:00", instructions="With QD milk", indication="Anaemia",
        **{"limit-0-measure": "pulse", "limit-0-value": "soft", "taper-3-amount": "7", "why-order.allergy": "Was mild"},
    )  # fmt: skip
    answer = as_(morning.here.prescriber).post(f"/pass/orders/{morning.elin.pk}/new/", sent)
    page = body(answer)
    assert answer.status_code == 422
    assert "Nothing was written" in page
    for words in (
        'value="lots"', 'value="25:00"', 'value="With QD milk"', 'value="Anaemia"', 'value="soft"', 'value="7"',
        'name="why-order.allergy" value="Was mild"', 'value="08:00" id="id_times_0" checked',
        "Enter the dose as a number, such as 0.5.", "Write &#x27;daily&#x27; instead of &#x27;QD&#x27;.",
    ):  # fmt: skip
        assert words in page, words
    assert Order.objects.count() == 2


def test_an_override_asks_for_its_reason_and_keeps_it_with_the_order(morning: Morning) -> None:
    Allergy.objects.create(client=morning.elin, substance="Folic acid", noted_at=morning.here.now)
    sent, browser = typed(folic()), as_(morning.here.prescriber)
    path = f"/pass/orders/{morning.elin.pk}/new/"
    refused = browser.post(path, sent)
    assert refused.status_code == 422
    assert 'name="why-order.allergy"' in body(refused)
    assert browser.post(path, sent | {"why-order.allergy": "Tolerated since"}).status_code == 302
    made = Order.objects.latest("pk")
    assert made.overrides[0]["reason"] == "Tolerated since"
    assert "<q>Tolerated since</q>" in body(browser.get(f"/pass/orders/{morning.elin.pk}/"))


def test_a_reason_stays_when_something_else_is_refused(morning: Morning) -> None:
    Allergy.objects.create(client=morning.elin, substance="Folic acid", noted_at=morning.here.now)
    sent = typed(folic(), dose="0", **{"why-order.allergy": "Tolerated since"})
    page = body(as_(morning.here.prescriber).post(f"/pass/orders/{morning.elin.pk}/new/", sent))
    assert "Tolerated since</textarea>" in page


def test_the_form_sent_twice_is_one_order(morning: Morning) -> None:
    sent, browser = typed(folic()), as_(morning.here.prescriber)
    first, again = (browser.post(f"/pass/orders/{morning.elin.pk}/new/", sent) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert Order.objects.filter(medication=folic()).count() == 1


def test_the_preview_says_the_order_and_its_first_doses_and_writes_nothing(morning: Morning) -> None:
    path = f"/pass/orders/{morning.elin.pk}/preview/"
    answer = as_(morning.here.prescriber).post(path, typed(folic(), start="2026-12-01T06:00", dose="2"))
    page = body(answer)
    assert answer.status_code == 200
    assert "2 mg" in page
    assert "twice a day: 08:00, 20:00" in page
    assert Order.objects.count() == 2


def test_the_first_doses_are_those_of_the_rule(morning: Morning) -> None:
    begins = timezone.localtime(morning.here.now, morning.here.site.tz) + timedelta(days=40)
    page = body(
        as_(morning.here.prescriber).post(
            f"/pass/orders/{morning.elin.pk}/preview/", typed(folic(), start=f"{begins:%Y-%m-%d}T09:00", for_days="1")
        )
    )
    after = begins + timedelta(days=1)
    assert f"{begins:%a} {begins.day} {begins:%b} 20:00</time></li><li><time" in page
    assert f"{after:%a} {after.day} {after:%b} 08:00</time></li></ol>" in page


def test_the_preview_is_quiet_about_what_nobody_came_to_yet(morning: Morning) -> None:
    browser, path = as_(morning.here.prescriber), f"/pass/orders/{morning.elin.pk}/preview/"
    blank = body(browser.post(path, typed(folic(), dose="", times=None)))
    assert 'data-code="order.dose"' not in blank
    assert 'data-code="order.schedule"' not in blank
    wrong = body(browser.post(path, typed(folic(), dose="-1", own="8 o'clock")))
    assert 'id="at-dose" hx-swap-oob="true"><p class="reason reason--stop" data-code="order.dose"' in wrong
    assert 'data-code="order.schedule"' in wrong


def test_the_preview_of_a_taper_has_its_sum_and_each_amount(morning: Morning) -> None:
    sent = typed(
        folic(), kind="taper", dose=None, start="2027-02-01T06:00",
        **{"taper-0-amount": "2", "taper-0-days": "2", "taper-0-times": "08:00 20:00"},
        **{"taper-1-amount": "1", "taper-1-days": "1", "taper-1-times": "20:00"},
    )  # fmt: skip
    sent["start"] = f"{timezone.now() + timedelta(days=30):%Y-%m-%d}T06:00"
    page = body(as_(morning.here.prescriber).post(f"/pass/orders/{morning.elin.pk}/preview/", sent))
    assert "data-total>9 mg</b>" in page
    assert page.count("<b>2 mg</b>") == 4
    assert page.count("<b>1 mg</b>") == 1


def test_a_change_opens_with_the_order_as_it_is_and_links_the_new_version(morning: Morning) -> None:
    made, browser = written(morning), as_(morning.here.prescriber)
    page = body(browser.get(f"/pass/order/{made.pk}/change/"))
    assert 'name="dose" value="1"' in page
    assert 'value="20:00" id="id_times_5" checked' in page or page.count("checked") >= 4
    sent = typed(folic(), dose="2", why="Blood pressure")
    answer = browser.post(f"/pass/order/{made.pk}/change/", sent)
    newer = Order.objects.latest("pk")
    assert answer.status_code == 302, body(answer)
    assert (newer.replaces_id, f"{newer.dose:f}") == (made.pk, "2.000")


@pytest.mark.parametrize(
    "schedule",
    [
        at_times("07:30", "08:00"), FixedTimes(at_times("08:00").times, every_n_days=2),
        FixedTimes(at_times("08:00").times, every_n_days=5), FixedTimes(at_times("08:00").times, weekdays=frozenset({0, 4})),
        FixedTimes(at_times("08:00").times, weekdays=frozenset({0, 4}), every_n_days=2),
        FixedTimes(at_times("08:00").times, weekdays=frozenset({0, 4}), every_n_days=5),
        EveryHours(6), as_needed(),
        Taper(tuple(TaperStep(1, at_times("08:00").times, Decimal(20 - step)) for step in range(15))),
    ],
)  # fmt: skip
def test_a_change_of_nothing_but_the_words_keeps_the_schedule(morning: Morning, schedule: Any) -> None:
    old = order(morning.episode, folic(), schedule, by=morning.here.prescriber, indication="Anaemia")
    form = OrderForm(
        filled_from(old), units=("mg",), routes=("by mouth",), hours=("08:00",), at=morning.here.now, changes=True
    )
    form.is_valid()
    assert from_json(form.sig().schedule) == schedule
    assert form.sig().dose == (None if isinstance(schedule, Taper) else old.dose)


def test_who_changes_an_order_that_was_changed_meanwhile_is_told_by_whom(morning: Morning) -> None:
    made, browser = written(morning), as_(morning.here.prescriber)
    path = f"/pass/order/{made.pk}/change/"
    assert browser.post(path, typed(folic(), dose="2", why="Low")).status_code == 302
    newer = Order.objects.latest("pk")
    answer = browser.post(path, typed(folic(), dose="3", why="Lower still"))
    page = body(answer)
    assert answer.status_code == 422
    assert f"by {morning.here.prescriber.signature}" in page
    assert f'href="/pass/order/{newer.pk}/change/"' in page
    assert 'value="Lower still"' in page
    assert Order.objects.count() == 4


def test_a_change_wants_to_know_why(morning: Morning) -> None:
    made = written(morning)
    answer = as_(morning.here.prescriber).post(f"/pass/order/{made.pk}/change/", typed(folic(), dose="2"))
    assert answer.status_code == 422
    assert "Say why it is changed" in body(answer)


def test_hold_resume_and_stop_from_their_pages(morning: Morning) -> None:
    browser, pk = as_(morning.here.prescriber), morning.ibuprofen.pk
    for name, sent in (("hold", {"why": "Surgery"}), ("release", {}), ("stop", {"why": "Not needed"})):
        assert browser.get(f"/pass/order/{pk}/{name}/").status_code == 200
        answer = browser.post(f"/pass/order/{pk}/{name}/", sent | {"key": str(uuid4())})
        assert answer.status_code == 302, body(answer)
    assert OrderHold.objects.get().ended_at is not None
    morning.ibuprofen.refresh_from_db()
    assert morning.ibuprofen.stopped_why == "Not needed"


def test_a_stop_without_a_reason_or_a_second_time_is_told_what_is_wrong(morning: Morning) -> None:
    browser, path = as_(morning.here.prescriber), f"/pass/order/{morning.ibuprofen.pk}/stop/"
    assert "Say why" in body(browser.post(path, {"key": str(uuid4())}))
    browser.post(path, {"why": "Done", "key": str(uuid4())})
    again = browser.post(path, {"why": "Really done", "key": str(uuid4())})
    assert again.status_code == 422
    assert "was stopped at" in body(again)
    assert 'value="Really done"' in body(again)


def test_a_nurse_writes_a_verbal_order_only_when_it_was_read_back(morning: Morning) -> None:
    here, path = morning.here, f"/pass/orders/{morning.elin.pk}/new/"
    browser, drug = as_(here.on_unit), folic()
    assert "On whose word" in body(browser.get(f"{path}?medication={drug.pk}"))
    sent = typed(drug, prescriber=here.prescriber.pk, heard="telephone")
    refused = browser.post(path, sent)
    assert refused.status_code == 422
    assert "Read the order back" in body(refused)
    assert browser.post(path, sent | {"read_back": "on"}).status_code == 302
    words = VerbalOrder.objects.get()
    assert (words.prescriber, words.by, words.heard) == (here.prescriber, here.on_unit, "telephone")
    assert "co-sign due" in body(browser.get(f"/pass/orders/{morning.elin.pk}/"))


def test_a_prescriber_co_signs_and_an_overdue_one_is_marked(morning: Morning) -> None:
    here = morning.here
    words = verbal(morning.thiamine, here.prescriber, by=here.on_unit, at=here.now - timedelta(hours=30))
    browser, path = as_(here.prescriber), f"/pass/orders/{morning.elin.pk}/"
    assert "co-sign overdue since" in body(browser.get(path))
    key = re.search(rf'/pass/verbal/{words.pk}/cosign/.*?name="key" value="([^"]+)"', body(browser.get(path)))
    assert key is not None
    sent = [browser.post(f"/pass/verbal/{words.pk}/cosign/", {"key": key[1]}) for _ in range(2)]
    assert [each.status_code for each in sent] == [302, 302]  # a double tap is one signature, and no refusal
    assert Cosign.objects.count() == 1
    assert f"co-signed by {here.prescriber.signature}" in body(browser.get(path))
    assert browser.post(f"/pass/verbal/{words.pk}/cosign/").status_code == 422
