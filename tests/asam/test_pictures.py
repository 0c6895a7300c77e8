"""An episode in pictures, from its rows: what is rated, decided, attached and paid for, in a constant number of queries."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from asam.actions.assessments import stored
from asam.actions.catalogs import kept
from asam.models import Assessment, AssessmentEvidence, Authorisation, Decision
from asam.queries import level_page
from asam.queries.catalogs import shipped
from asam.queries.pictures import Pictures, pictures
from asam.rules.level_of_care import load_catalog, recommend
from programs.models import Client, Episode, Merge, Placement
from programs.placed import last
from tests.asam.care import ALL_LOW, FOR_2_5, FOR_3_5, in_residential
from tests.documents.reading import words as words_of
from tests.factories import World, client, last_noon
from tests.signing import signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)  # pages take the clock's


def rate(here: World, episode: Episode, days_ago: float, ratings: dict[str, list[str]], **more: object) -> Assessment:
    """Ratings of some days ago."""
    catalog = load_catalog()
    return Assessment.objects.create(
        episode=episode, kind="reassessment", edition="4", catalog=catalog.name, catalog_version=catalog.version,
        source=kept(shipped(), here.now), ratings=ratings, recommendation=stored(recommend(ratings, catalog)),
        at=here.now - days_ago * DAY, by=here.director, **more,
    )  # fmt: skip


def decide(here: World, assessment: Assessment) -> Decision:
    level = assessment.recommendation["level"]
    return Decision.objects.create(
        assessment=assessment,
        recommended=level,
        recovery_residence=False,
        selected=level,
        at=assessment.at,
        by=here.director,
    )


def pay(here: World, episode: Episode, level: str, first: int, last_: int) -> Authorisation:
    """So many days before today, both included."""
    on = here.now.astimezone(here.site.tz).date()
    return Authorisation.objects.create(
        episode=episode, payer="Payer", level=level, reads_as=level, unit="days", approved=30,
        first_on=on - first * DAY, last_on=on - last_ * DAY, at=here.now - 20 * DAY, by=here.director,
    )  # fmt: skip


def seen(here: World, episode: Episode, at: datetime | None = None) -> Pictures:
    moment = at or here.now
    placement = last(episode.pk, moment)
    assert placement is not None
    return pictures(placement, level_page(placement, moment).band, moment)


def left(here: World, name: str, days: int, ago: int = 5, *, as_: str = "completed") -> Client:
    """Somebody who was in Residential 3.5 for so many days and left it some days ago."""
    who = client(here, name, "Gone")
    start, end = here.now - (days + ago) * DAY, here.now - ago * DAY
    episode = Episode.objects.create(client=who, started_at=start, ended_at=end, ended_as=as_)
    Placement.objects.create(episode=episode, program=here.residential, level="3.5", started_at=start, ended_at=end)
    return who


def test_ratings_decisions_and_what_is_attached_stand_in_their_pictures(here: World) -> None:
    episode = in_residential(here)
    first = rate(here, episode, 9, FOR_3_5, views={"d6_1": "Wants to sleep at home."})
    AssessmentEvidence.objects.create(
        assessment=first, dimension=4, kind="screen", of=1, words="Screen positive", happened_at=here.now - 9.5 * DAY
    )
    decide(here, first)
    rate(here, episode, 2, FOR_2_5 | {"d5_func": []})
    drawn = seen(here, episode).drawn
    assert drawn is not None
    by_name = {each.title: each for each in drawn.sheet.multiples}
    use, func = by_name["4 Risky use"], by_name["5 Functioning"]
    assert [(point.code, point.level) for point in use.points] == [("E", "3.5"), ("C", "2.5")]
    assert [mark.said.split(": ", 1)[1] for mark in use.support] == ["Screen positive"]
    assert func.now == "not rated"
    assert len(func.points) == 1
    assert len(drawn.sheet.multiples) == 12
    assert [mark.said.rsplit(" ", 1)[1] for mark in drawn.sheet.decisions] == ["3.5"]
    assert dict(drawn.table)["5 Functioning"][1].codes == ""
    assert [each.words for each in drawn.own] == ["Wants to sleep at home."]


def test_as_of_an_earlier_instant_nothing_later_is_drawn(here: World) -> None:
    episode = in_residential(here)
    rate(here, episode, 9, FOR_3_5)
    decide(here, rate(here, episode, 2, FOR_2_5))
    before = seen(here, episode, here.now - 5 * DAY).drawn
    assert before is not None
    assert len(before.taken) == 1
    assert before.sheet.decisions == ()


def test_the_number_of_queries_does_not_grow_with_the_episode(here: World) -> None:
    episode = in_residential(here)
    rate(here, episode, 9, FOR_3_5)
    placement = last(episode.pk, here.now)
    assert placement is not None
    band = level_page(placement, here.now).band
    with CaptureQueriesContext(connection) as few:
        pictures(placement, band, here.now)
    for turn in range(8):
        made = rate(here, episode, 8 - turn, ALL_LOW)
        decide(here, made)
        AssessmentEvidence.objects.create(
            assessment=made, dimension=1, kind="score", of=turn, words="Score", happened_at=made.at
        )
        left(here, f"Other {turn}", 4 + turn)
    pay(here, episode, "2.5", 10, 3)
    with CaptureQueriesContext(connection) as many:
        pictures(placement, band, here.now)
    assert len(many) == len(few) <= 8


def test_a_correction_of_what_was_paid_counts_from_when_it_was_known(here: World) -> None:
    episode = in_residential(here)
    wrong = pay(here, episode, "2.5", 10, -20)
    assert [piece.level for piece in seen(here, episode).paid] == ["2.5"]
    Authorisation.objects.create(
        episode=episode, payer="Payer", level="3.5", reads_as="3.5", unit="days", approved=30, first_on=wrong.first_on,
        last_on=wrong.last_on, note="Read wrongly", corrects=wrong, at=here.now - DAY, by=here.director,
    )  # fmt: skip
    assert seen(here, episode).paid == ()
    assert [piece.level for piece in seen(here, episode, here.now - 2 * DAY).paid] == ["2.5"]


def test_others_are_counted_once_a_person_and_neither_the_client_nor_mistakes_are_among_them(here: World) -> None:
    here.now = last_noon()  # days are the site's: near midnight the clock's change would make one more or less
    episode = in_residential(here)
    for number, days in enumerate((4, 12, 18, 25)):
        left(here, f"Other {number}", days)
    twice = left(here, "Twice", 90, ago=120)
    start = here.now - 40 * DAY
    again = Episode.objects.create(client=twice, started_at=start, ended_at=here.now - 10 * DAY, ended_as="completed")
    Placement.objects.create(
        episode=again, program=here.residential, level="3.5", started_at=start, ended_at=here.now - 10 * DAY
    )
    left(here, "Mistaken", 1, as_="mistake")
    left(here, "Long ago", 30, ago=400)
    own = left(here, "Sara", 60, ago=200)  # the client's own earlier record
    Merge.objects.create(
        client=own, into=episode.client, why="The same person", started_at=here.now - DAY, by=here.director
    )
    [length] = seen(here, episode).lengths
    assert (length.mine.days, length.others, length.median) == (10, 5, 18)
    assert length.words == "10 days so far · median of 5 others 18 days, half of them 12 to 25"


def test_the_level_page_shows_them_with_a_table_behind_each_and_says_what_is_missing(here: World) -> None:
    episode = in_residential(here)
    browser = signed_in(here.director)
    empty = browser.get(f"/levels/{episode.pk}/").content.decode()
    assert "Ratings through the episode" not in empty
    assert "10 days so far · nobody else in the last year: too few to compare" in empty
    rate(here, episode, 9, FOR_3_5)
    rate(here, episode, 2, FOR_2_5)
    pay(here, episode, "2.5", 10, -20)
    page = browser.get(f"/levels/{episode.pk}/").content.decode()
    assert "Ratings through the episode" in page
    assert "E: asks for 3.5" in page
    assert "≠ 2.5 authorised · 10 days" in page
    assert "2.5 was recommended, lower than 3.5" in page


def test_the_determination_has_the_ratings_up_to_its_own(here: World) -> None:
    episode = in_residential(here)
    first = rate(here, episode, 9, FOR_3_5)
    second = rate(here, episode, 2, FOR_2_5 | {"d5_func": []})
    browser = signed_in(here.director)
    assert "Through the episode" not in words_of(
        browser.get(f"/levels/assessments/{first.pk}/determination.pdf").content
    )
    paper = words_of(browser.get(f"/levels/assessments/{second.pk}/determination.pdf").content)
    assert "Through the episode" in paper
    assert "not rated" in paper


def test_the_packets_have_the_band_of_levels_and_the_small_pictures(here: World) -> None:
    episode = in_residential(here)
    rate(here, episode, 9, FOR_3_5)
    rate(here, episode, 2, FOR_2_5)
    browser = signed_in(here.director)
    for paper in ("packet", "ur"):
        found = words_of(browser.get(f"/levels/{episode.pk}/{paper}.pdf").content)
        for words in ("Through the episode", "Levels: 3.5 since", "4 Risky use: C", "A gap was not rated."):
            assert words in found, (paper, words)
