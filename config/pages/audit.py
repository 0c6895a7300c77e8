"""What happened and who did it: searched by person, record, kind, day, site and words; and the same as a spreadsheet."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.queries import HEAD, KINDS, Asked, rows, trail_page
from audit.rules.findings import Refused, stop
from audit.sight import kept_words
from chart.access import ever_at_sites
from documents import spreadsheet
from programs.desk import Desk, DeskRequest, at_desk
from programs.files import csv_file
from programs.models import Client, Site
from programs.people import ids_of
from programs.rules.dates import EARLIEST
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, allows

WORDS_DAYS = 30  # that words are looked for in, where no day, person or record narrows them
LONGEST = 80
FIELDS = ("site", "person", "record", "kind", "from", "to", "q")


@dataclass(frozen=True)
class Form:
    """What was typed, what it means, and what is wrong with it (by field)."""

    typed: dict[str, str]
    site: Site
    sites: list[Site]
    people: list[Person]
    client: Client | None
    first: date | None
    last: date | None
    wrong: dict[str, str]
    narrowed: bool

    @property
    def kept(self) -> str:
        """The same question as the end of an address."""
        return urlencode({name: value for name, value in self.typed.items() if value})


@require_safe
@at_desk(Capability.SEE_AUDIT)
def trail(request: DeskRequest) -> HttpResponse:
    """The trail of a site, newest first."""
    form, asked = read(request)
    page = trail_page(asked, before=request.GET.get("before", "")) if not form.wrong else None
    desk = request.desk
    context = {
        "trail": page, "form": form, "kinds": [(code, label) for code, (label, _) in KINDS.items()],
        "may_watch": desk.may(Capability.WATCH), "may_export": desk.may(Capability.EXPORT_AUDIT),
    }  # fmt: skip
    return render(request, "audit/trail.html", context, status=422 if form.wrong else 200)


@require_safe
@at_desk(Capability.EXPORT_AUDIT)
def export(request: DeskRequest) -> HttpResponse:
    """What is shown, as a spreadsheet. The export is on the trail itself. Raises Refused where what is asked makes no sense."""
    form, asked = read(request)
    if form.wrong:
        raise Refused(*(stop("audit.asked", words) for words in form.wrong.values()))
    span = f"{form.first or 'start'}-to-{form.last or request.desk.now.astimezone(form.site.tz).date()}"
    return csv_file(spreadsheet(HEAD, rows(asked)), f"audit-{form.site.slug}-{span}.csv")  # type: ignore[arg-type]


def read(request: DeskRequest) -> tuple[Form, Asked]:
    """What was asked of the trail."""
    desk = request.desk
    typed = {name: request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in FIELDS}
    sites = _sites(desk)
    site = next((each for each in sites if str(each.pk) == typed["site"]), desk.site)
    wrong: dict[str, str] = {}
    first, last = _day(typed, "from", wrong), _day(typed, "to", wrong)
    if first and last and last < first:
        wrong["to"] = "The last day is before the first. Choose a later one."
    client = _client(typed["record"], sites, wrong)
    people = _people(site)
    person = next((each for each in people if str(each.pk) == typed["person"]), None)
    word = typed["q"]
    narrowed = bool(word) and not (first or last or client or person)
    since = desk.now - timedelta(days=WORDS_DAYS) if narrowed else _instant(first, site)
    form = Form(typed, site, sites, people, client, first, last, wrong, narrowed)
    asked = Asked(
        site.pk, person.pk if person else None, ids_of(client) if client else (), typed["kind"], since,
        _instant(last + timedelta(days=1), site) if last else None, word,
        kept_words(word, hidden=settings.AUDIT_HIDES_SEARCHES) if word else "",
    )  # fmt: skip
    return form, asked


def find_client(record: str, desk: Desk) -> Client | None:
    """The client of a record number, at one of the sites whose trail the person may read. One query."""
    return ever_at_sites(frozenset(each.pk for each in _sites(desk))).filter(record_number__iexact=record).first()


def _sites(desk: Desk) -> list[Site]:
    """The sites whose trail the person may read. One query."""
    ids = {post.site_id for post in desk.posts if allows(post.role, Capability.SEE_AUDIT)}
    return list(Site.objects.filter(pk__in=ids).order_by("position", "pk"))


def _people(site: Site) -> list[Person]:
    """Everybody who ever worked at the site, by name. One query."""
    return list(
        Person.objects.filter(pk__in=RoleAssignment.objects.filter(site=site).values("person")).order_by("name")
    )


def _client(record: str, sites: list[Site], wrong: dict[str, str]) -> Client | None:
    if not record:
        return None
    found = ever_at_sites(frozenset(each.pk for each in sites)).filter(record_number__iexact=record).first()
    if found is None:
        wrong["record"] = "There is no record of this number at your sites. Write the whole number, as R00123."
    return found


def _day(typed: dict[str, str], name: str, wrong: dict[str, str]) -> date | None:
    if not typed[name]:
        return None
    try:
        found = date.fromisoformat(typed[name])
    except ValueError:
        found = date.min
    if not EARLIEST <= found <= date(2999, 12, 31):
        wrong[name] = "Write a date: year, month and day."
        return None
    return found


def _instant(day: date | None, site: Site) -> datetime | None:
    return datetime.combine(day, time(), site.tz).astimezone(UTC) if day else None


def week_of(request: HttpRequest, desk: Desk, days: int) -> tuple[datetime, datetime, int]:
    """The stretch of so many days that ``?back=`` says, 0 the newest, which ends with the end of today on the site's clock; from, until
    and how far back."""
    typed = request.GET.get("back", "") or request.POST.get("back", "")
    back = int(typed) if typed.isdecimal() and len(typed) < 4 else 0
    today = desk.now.astimezone(desk.tz).date()
    last = today + timedelta(days=1) - timedelta(days=days * back)
    start, end = (datetime.combine(day, time(), desk.tz).astimezone(UTC) for day in (last - timedelta(days=days), last))
    return start, end, back
