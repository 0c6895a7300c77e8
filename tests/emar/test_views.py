"""The pages of the pass: who gets in, what a tap answers, and what is not there."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from emar.keys import dose_pk, minute_of
from emar.models import Administration
from emar.queries import dose_row
from emar.rules.schedule import Once
from staff.models import Person
from tests.emar.conftest import Morning, make_morning
from tests.factories.meds import order


@pytest.fixture
def morning(db: None) -> Morning:
    """Now, with a dose due a minute ago: views take the clock of the desk."""
    made = make_morning(timezone.now())
    due = made.here.now - timedelta(minutes=1)
    made.thiamine = order(made.episode, made.thiamine.medication, Once(), by=made.here.prescriber, started_at=due)
    return made


def signed_in(who: Person | None) -> Browser:
    browser = Browser(headers={"hx-request": "true"})
    if who is not None:
        browser.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser


def pass_url(morning: Morning) -> str:
    return f"/pass/{morning.here.unit.pk}/{minute_of(morning.thiamine.started_at)}/"


def verified(morning: Morning, who: Person) -> Browser:
    browser = signed_in(who)
    answer = browser.post(f"{pass_url(morning)}{morning.elin.pk}/verify/", {"by": ["name", "birth_date"]})
    assert answer.status_code == 302
    return browser


def tap(morning: Morning, browser: Browser, **changes: Any) -> Any:
    minute = minute_of(morning.thiamine.started_at)
    row = dose_row(morning.here.site, morning.thiamine.pk, minute, at=timezone.now())
    assert row is not None
    form = {"key": str(row.key), "outcome": "given", "amount": "100", "unit": "mg"} | changes
    return browser.post(f"/pass/orders/{morning.thiamine.pk}/{minute}/chart/", form)


def test_one_tap_answers_the_row_as_given(morning: Morning) -> None:
    answer = tap(morning, verified(morning, morning.here.on_unit))
    pk = dose_pk(morning.thiamine.pk, morning.thiamine.started_at)
    assert answer.status_code == 200
    assert f'id="dose-{pk}" data-fragment data-state="given"' in answer.content.decode()
    assert Administration.objects.get().identifiers == ["birth_date", "name"]


def test_the_same_tap_twice_is_one_dose_and_one_answer(morning: Morning) -> None:
    browser = verified(morning, morning.here.on_unit)
    minute = minute_of(morning.thiamine.started_at)
    row = dose_row(morning.here.site, morning.thiamine.pk, minute, at=timezone.now())
    assert row is not None
    first, again = (tap(morning, browser, key=str(row.key)) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert Administration.objects.count() == 1


def test_a_colleagues_tap_is_told_who_was_first(morning: Morning) -> None:
    tap(morning, verified(morning, morning.here.on_unit))
    answer = tap(morning, verified(morning, morning.here.second_nurse))
    assert answer.status_code == 409
    assert "by RN Cole." in answer.content.decode()
    assert 'data-severity="other"' in answer.content.decode()


def test_without_two_identifiers_nothing_is_charted(morning: Morning) -> None:
    browser = signed_in(morning.here.on_unit)
    answer = browser.post(f"{pass_url(morning)}{morning.elin.pk}/verify/", {"by": ["photo"]})
    assert answer.status_code == 422
    assert "One is not enough" in answer.content.decode()
    refused = tap(morning, browser)
    assert refused.status_code == 422
    assert "Check two identifiers first" in refused.content.decode()
    assert not Administration.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"amount": "NaN"}, {"amount": "lots"}, {"outcome": "eaten"}, {"key": ""}, {"amount": ""}]
)
def test_a_wrong_value_gets_a_sentence(morning: Morning, changes: dict[str, str]) -> None:
    answer = tap(morning, verified(morning, morning.here.on_unit), **changes)
    assert answer.status_code == 422
    assert "finding__message" in answer.content.decode()
    assert not Administration.objects.exists()


def test_a_late_dose_opens_a_sheet_that_asks_why(morning: Morning) -> None:
    made = order(
        morning.episode, morning.thiamine.medication, Once(), by=morning.here.prescriber,
        started_at=morning.here.now - timedelta(minutes=3),
    )  # fmt: skip
    browser = verified(morning, morning.here.on_unit)
    tap(morning, browser)
    morning.thiamine = made
    answer = tap(morning, browser)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#sheet")
    assert 'name="why-dose.given_lately"' in answer.content.decode()
    again = tap(morning, browser, sheet="yes", **{"why-dose.given_lately": "Ordered twice on purpose"})
    assert again.status_code == 200
    assert Administration.objects.count() == 2


def test_reasons_already_given_stay_when_another_is_asked_for(morning: Morning) -> None:
    browser = verified(morning, morning.here.on_unit)
    answer = tap(morning, browser, sheet="yes", outcome="refused", amount="", **{"why-dose.late_entry": "Power cut"})
    assert answer["HX-Retarget"] == "#sheet-findings"
    assert 'name="why-dose.late_entry" value="Power cut"' in answer.content.decode()


def test_what_is_elsewhere_or_nowhere_is_404(morning: Morning) -> None:
    nurse, elsewhere = signed_in(morning.here.on_unit), signed_in(morning.here.elsewhere)
    url, minute = pass_url(morning), minute_of(morning.thiamine.started_at)
    for path in (
        "/pass/999/1/", f"/pass/{morning.here.unit.pk}/99999999999/", f"{url}?client=999", f"{url}?client=x",
        f"/pass/orders/999/{minute}/sheet/", "/pass/orders/999/sheet/", "/pass/charted/999/sheet/",
    ):  # fmt: skip
        assert nurse.get(path).status_code == 404, path
    for path in (url, f"/pass/orders/{morning.thiamine.pk}/{minute}/sheet/"):
        assert elsewhere.get(path).status_code == 404, path
    assert tap(morning, elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("who", "see", "give"),
    [
        ("on_unit", 200, 200),
        ("prescriber", 200, 403),
        ("director", 200, 403),
        ("intake", 403, 403),
        ("facilitator", 403, 403),
    ],
)
def test_who_may_see_and_who_may_give(morning: Morning, who: str, see: int, give: int) -> None:
    browser = signed_in(getattr(morning.here, who))
    minute = minute_of(morning.thiamine.started_at)
    assert browser.get("/pass/").status_code == see
    assert browser.get(pass_url(morning)).status_code == see
    assert browser.get(f"/pass/orders/{morning.thiamine.pk}/{minute}/sheet/").status_code == give


def test_a_page_takes_few_questions(morning: Morning, django_assert_max_num_queries: Any) -> None:
    browser = signed_in(morning.here.on_unit)
    with django_assert_max_num_queries(17):  # ten are the pass; the rest is the session, the desk and the frame
        assert browser.get(pass_url(morning)).status_code == 200
