"""Planning on pages: the week, a series, holidays, a session with one client, and the sheet behind Plan."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape as html_unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from groups.models import Holiday, Pattern, Series, Session
from staff.models import Person
from tests.factories import World, admit, client, world
from tests.factories.sessions import group, members, part


@pytest.fixture
def here(db: None) -> World:
    return world(datetime.now(UTC))


def browser(who: Person, *, htmx: bool = False) -> Browser:
    made = Browser(headers={"HX-Request": "true"} if htmx else {})
    made.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return made


def asked(here: World, **more: Any) -> dict[str, Any]:
    today = here.now.astimezone(here.site.tz).date()
    return {
        "name": "Relapse prevention", "programs": [here.iop.pk], "service": "H0005", "size_limit": 12, "days": ["MO", "TH"],
        "every": "1", "from_on": today.isoformat(), "starts": "17:30", "minutes": 180, "room": "Room C",
        "leads": [here.facilitator.pk], "topics": "Triggers\nCravings",
    } | more  # fmt: skip


def test_a_director_begins_a_group_and_the_week_shows_it(here: World) -> None:
    on = browser(here.director)
    answer = on.post("/groups/series/new/", asked(here, key="5f0c2a8e-0000-4000-8000-000000000001"))
    series = Series.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/groups/series/{series.pk}/")
    on.post("/groups/series/new/", asked(here, key="5f0c2a8e-0000-4000-8000-000000000001"))  # sent twice
    assert Series.objects.count() == 1
    assert Pattern.objects.get().rule == "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TH"
    page = on.get(f"/groups/series/{series.pk}/").content.decode()
    assert "Mon, Thu 17:30, 180 min, Room C" in page and "<li>Triggers</li><li>Cravings</li>" in page
    next_week = (here.now + timedelta(days=7)).astimezone(here.site.tz).date()
    shown = on.get(f"/groups/week/?on={next_week}").content.decode()
    assert shown.count("Relapse prevention") == 2 and "17:30\N{EN DASH}20:30" in shown


def test_wrong_input_keeps_what_was_typed_and_says_why(here: World) -> None:
    on = browser(here.director)
    answer = on.post("/groups/series/new/", asked(here, days=[], starts="25:99", programs=[]))
    html = answer.content.decode()
    assert answer.status_code == 422 and not Series.objects.exists()
    for sentence in ("Choose at least one day of the week.", "Write the time as 17:30.", "Choose at least one program"):
        assert sentence in html
    assert 'value="Relapse prevention"' in html
    answer = on.post("/groups/series/new/", asked(here, from_on="2020-01-01"))
    assert answer.status_code == 422 and "has passed, and what has been stays as it was" in answer.content.decode()


def seen(html: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', html)
    return found[1] if found else ""


def test_a_change_is_looked_at_and_then_done(here: World) -> None:
    on = browser(here.director)
    on.post("/groups/series/new/", asked(here))
    series = Series.objects.get()
    where, tomorrow = f"/groups/series/{series.pk}/", (here.now + timedelta(days=1)).astimezone(here.site.tz).date()
    assert "Show what this changes" in on.get(f"{where}change/?from={tomorrow}").content.decode()
    changed = asked(here, from_on=tomorrow.isoformat(), days=["TU"], every="2", starts="09:00", look="1")
    answer = on.post(f"{where}change/", changed)
    html = answer.content.decode()
    assert (
        answer.status_code == 200
        and "What this changes" in html
        and "cancelled</span>" in html
        and "added</span>" in html
    )
    assert Pattern.objects.count() == 1  # nothing is done yet
    assert on.post(f"{where}change/", changed | {"do": "1", "seen": "other"}).status_code == 422
    [session] = series.sessions.filter(occurs_on__gt=tomorrow).order_by("occurs_on")[:1]
    part(session, "process", here.facilitator, "Begun.")
    answer = on.post(f"{where}change/", changed | {"do": "1", "seen": seen(html)})
    assert (answer.status_code, "Something changed since you looked" in answer.content.decode()) == (422, True)
    sent = changed | {"do": "1", "seen": seen(answer.content.decode())}
    assert on.post(f"{where}change/", sent).status_code == 302
    assert "every second week on Tue 09:00, 180 min, Room C" in on.get(where).content.decode()
    answer = on.post(f"{where}change/", changed | {"from_on": "2020-01-01"})
    assert (answer.status_code, "what has been stays as it was" in answer.content.decode()) == (422, True)
    assert on.post(f"{where}change/", changed | {"days": []}).status_code == 422


def test_a_group_is_ended_from_its_page(here: World) -> None:
    on = browser(here.director)
    on.post("/groups/series/new/", asked(here))
    series = Series.objects.get()
    end, tomorrow = f"/groups/series/{series.pk}/end/", (here.now + timedelta(days=1)).astimezone(here.site.tz).date()
    assert on.post(end, {"ends_on": "never"}).status_code == 422
    shown = on.post(end, {"ends_on": tomorrow.isoformat(), "look": "1"}).content.decode()
    assert "End the group" in shown and not Series.objects.exclude(ended_on=None).exists()
    assert on.post(end, {"ends_on": tomorrow.isoformat(), "do": "1", "seen": seen(shown)}).status_code == 302
    assert not series.sessions.filter(occurs_on__gte=tomorrow, cancelled_at=None).exists()
    assert on.post(end, {"ends_on": tomorrow.isoformat(), "look": "1"}).status_code == 422
    assert browser(here.facilitator).post(end, {}).status_code == 403
    assert on.get("/groups/series/999999/").status_code == 404


def test_what_a_group_is_is_said_otherwise_and_nothing_typed_is_lost(here: World) -> None:
    on = browser(here.director)
    on.post("/groups/series/new/", asked(here, until="2099-12-31"))
    series = Series.objects.get()
    page = on.get(f"/groups/series/{series.pk}/amend/").content.decode()
    was = html_unescape(re.findall(r'name="seen" value="([^"]*)"', page)[0])
    said = {"name": "Skills", "size_limit": 8, "credentials": "LPC", "topics": "Sleep\n\nMoney", "seen": was}
    assert on.post(f"/groups/series/{series.pk}/amend/", said).status_code == 302
    shown = on.get(f"/groups/series/{series.pk}/").content.decode()
    assert (
        "8 people" in shown
        and "the group&#x27;s own limit" in shown
        and "<li>Money</li>" in shown
        and "until 31 Dec 2099" in shown
    )
    answer = on.post(f"/groups/series/{series.pk}/amend/", said | {"name": "Other"})
    assert (answer.status_code, "Somebody changed Skills" in answer.content.decode()) == (422, True)
    assert 'value="Other"' in answer.content.decode()
    like = on.get(f"/groups/series/new/?like={series.pk}").content.decode()
    assert 'value="Skills"' in like and "Sleep\nMoney" in like and like.count("checked") >= 4


def test_a_holiday_is_kept_and_dropped(here: World) -> None:
    on = browser(here.director)
    day = (here.now + timedelta(days=3)).astimezone(here.site.tz).date().isoformat()
    assert on.post("/groups/holidays/", {"on": day, "name": ""}).status_code == 422
    assert on.post("/groups/holidays/", {"on": day, "name": "Founders' day"}).status_code == 302
    assert "Founders&#x27; day" in on.get("/groups/series/").content.decode()
    assert on.post("/groups/holidays/", {"on": day, "drop": "1"}).status_code == 302
    assert not Holiday.objects.exists()


def test_someone_is_chosen_for_a_group_by_choice_and_let_go(here: World) -> None:
    browser(here.director).post("/groups/series/new/", asked(here, by_choice="on"))
    series, [amira] = Series.objects.get(), members(here, 1)
    on, where = browser(here.facilitator), f"/groups/series/{series.pk}/"
    assert "Amira S." in on.get(where).content.decode()
    assert on.post(f"{where}choose/", {"client": amira.pk}).status_code == 302
    answer = on.post(f"{where}choose/", {"client": amira.pk})
    assert (answer.status_code, "They were chosen for this group already." in answer.content.decode()) == (422, True)
    assert on.post(f"{where}choose/", {"client": amira.pk, "let_go": "1"}).status_code == 302
    assert on.post(f"{where}choose/", {"client": "x"}).status_code == 422


def test_an_individual_session_is_planned_and_opens(here: World) -> None:
    [amira] = members(here, 1)
    on = browser(here.facilitator)
    starts = here.now.astimezone(here.site.tz)
    sent = {"client": amira.pk, "service": "H0004", "starts": f"{starts:%Y-%m-%dT%H:%M}", "minutes": 50, "room": ""}
    answer = on.post("/groups/individual/", sent)
    assert (answer.status_code, "or that it is by video" in answer.content.decode()) == (422, True)
    answer = on.post("/groups/individual/", sent | {"room": "Office 2"})
    session = Session.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/groups/{session.pk}/")
    page = on.get(f"/groups/{session.pk}/").content.decode()
    assert "Individual session" in page and "Amira S." in page and "Group process" not in page


def test_the_plan_sheet_moves_cancels_and_brings_someone_in(here: World) -> None:
    where, _ = group(here, 1)
    guest = client(here, "Gil", "Avila")
    admit(here, guest, here.php)
    on, sheet = browser(here.facilitator, htmx=True), f"/groups/{where.pk}/plan/"
    assert "Avila, Gil" in on.get(sheet).content.decode()
    assert on.post(f"{sheet}invite/", {"invite-client": guest.pk})["HX-Refresh"] == "true"
    assert "Gil A." in on.get(f"/groups/{where.pk}/").content.decode()
    assert "Do not expect Gil A." in on.get(sheet).content.decode()
    assert on.post(f"{sheet}withdraw/", {"withdraw-client": guest.pk}).status_code == 200
    assert "Gil A." not in on.get(f"/groups/{where.pk}/").content.decode()
    assert on.post(f"{sheet}lead/", {"lead-person": here.cofacilitator.pk}).status_code == 200
    part(where, "process", here.cofacilitator, "Together.")
    answer = on.post(f"{sheet}unlead/", {"unlead-person": here.cofacilitator.pk})
    assert (answer.status_code, "wrote 1 part that is not signed" in answer.content.decode()) == (422, True)
    move = {"move-starts": "2020-01-01T10:00", "move-minutes": 60, "move-room": "Room A", "move-why": "Snow"}
    answer = on.post(f"{sheet}move/", move)
    assert (answer.status_code, "The new time has passed" in answer.content.decode()) == (422, True)
    assert on.post(f"{sheet}cancel/", {"cancel-why": ""}).status_code == 422
    assert on.post(f"{sheet}cancel/", {"cancel-why": "Snow"}).status_code == 200
    assert "This session does not take place: Snow" in on.get(f"/groups/{where.pk}/").content.decode()
    assert on.post(f"{sheet}dance/", {}).status_code == 404


def test_taking_a_part_over_waits_for_its_writer_and_a_refusal_keeps_the_reason(here: World) -> None:
    where, _ = group(here)
    words = part(where, "topic", here.cofacilitator, "Warning signs.")
    type(words).objects.filter(pk=words.pk).update(saved_at=datetime.now(UTC))
    on = browser(here.facilitator, htmx=True)
    shown = on.get(f"/groups/{where.pk}/parts/topic/").content.decode()
    assert 'data-writer="other"' in shown and "part__more--take" in shown  # the style shows it when they have stopped
    told = on.post(f"/groups/{where.pk}/parts/topic/take-over/", {"why": "Jo has gone home"})
    assert told.status_code == 422
    assert "less than a minute ago" in told.content.decode() and 'value="Jo has gone home"' in told.content.decode()
