"""Tells the trail what a page showed: the part of a chart that was opened, the file that left, the name that was searched, and
what was refused. An answer whose event cannot be written is not given.

Source: 45 CFR 164.312(b), audit controls; 42 CFR 2.16(a), who may use and open records.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from audit import sight
from audit.rules.findings import Refused, stop
from audit.sight import Told
from config.parts import SHARED, client_of, names_somebody, part_of
from privacy.queries.consents import held
from privacy.rules.consents import valid_at
from privacy.rules.patterns import family
from programs.desk import Desk
from programs.models import Client
from programs.people import ids_of
from staff.access import NotAllowed
from staff.models import Person, ServiceAccount

PAPER = "application/pdf"
FILES = frozenset(
    {
        PAPER,
        "text/csv",
        "application/zip",
        "application/fhir+json",
        "application/ndjson",
        "application/x-ndjson",
        "application/fhir+ndjson",
    }
)
SEARCHES = frozenset({"chart:clients"})  # where a client is searched by name
LONGEST_KEY = 2**63


class SeeingMiddleware:
    """Behind the desk (who, where, when), around everything that answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        heard: list[Refused] = []
        token = sight.refusals.set(heard)
        try:
            response = self.get_response(request)
        finally:
            sight.refusals.reset(token)
        seen_by = _Seen.of(request)
        if seen_by is None:
            return response
        if response.status_code == 404 and seen_by.names_somebody:
            heard.append(
                Refused(stop(sight.NOT_FOUND, "Asked for a record that is not there, or not for this person."))
            )
        if heard:
            seen_by.refused(heard)
        if response.status_code == 200:
            if _is_file(response):
                seen_by.left(response)
            elif request.method == "GET" and seen_by.names_somebody:
                seen_by.opened()
            elif request.method == "GET" and seen_by.address in SHARED:
                seen_by.opened_shared()
            if seen_by.address in SEARCHES:
                seen_by.searched(_words(request))
        return response


class _Seen:
    """One request as the trail sees it."""

    def __init__(
        self, by: Person, at: datetime, site_id: int | None, address: str, kwargs: Mapping[str, object]
    ) -> None:
        self.by, self.at, self.site_id, self.address, self.kwargs = by, at, site_id, address, kwargs
        self.names_somebody = names_somebody(address, kwargs)

    @classmethod
    def of(cls, request: HttpRequest) -> "_Seen | None":
        """None where nobody is signed in and no account of another system asks, or the address is none of ours."""
        match, person, account = request.resolver_match, request.user, getattr(request, "auth", None)
        desk: Desk | None = getattr(request, "desk", None)
        if match is not None and isinstance(account, ServiceAccount):
            return cls(account.person, timezone.now(), account.site_id, match.view_name, match.kwargs)
        if match is None or not isinstance(person, Person):
            return None
        at = desk.now if desk else timezone.now()
        return cls(person, at, desk.site.pk if desk else None, match.view_name, match.kwargs)

    def opened(self) -> None:
        """Once for each person, client, part and hour."""
        part = part_of(self.address)

        def tell() -> tuple[str, Told] | None:
            client = client_of(self.address, self.kwargs)
            if client is None:
                return None
            summary = f"{part[0].upper()}{part[1:]} of {client.record_number} opened"
            return f"{part} client {client.pk}", self._told(client, summary, {"part": part})

        key = self.kwargs.get("client_id")
        what = (
            [part, "client", str(key)]
            if key
            else [part, *(f"{name} {self.kwargs[name]}" for name in sorted(self.kwargs))]
        )
        sight.once(what, verb=sight.OPENED, by=self.by, at=self.at, site_id=self.site_id, tell=tell)

    def opened_shared(self) -> None:
        """A page about several clients: once for each person, thing and hour."""
        part, kind = SHARED[self.address]
        pk = int(str(self.kwargs["pk"]))
        name = f"{part} {pk}"
        told = Told(f"{part[0].upper()}{part[1:]} {pk} opened", None, {"part": part}, kind, pk)
        sight.once(
            [name], verb=sight.OPENED, by=self.by, at=self.at, site_id=self.site_id, tell=lambda: (name, told)
        )  # fmt: skip

    def left(self, response: HttpResponse) -> None:
        """A file: its name, size and hash, the way it took, and whose record it is, where it is one person's."""
        paper = response["Content-Type"].partition(";")[0] == PAPER
        client = client_of(self.address, self.kwargs) if self.names_somebody else None
        name = _name(response)
        detail: dict[str, object] = {"file": name, "address": self.address, "way": str(getattr(response, "way", ""))}
        if not response.streaming:
            detail |= {"bytes": len(response.content), "sha256": hashlib.sha256(response.content).hexdigest()}
        told = self._told(client, f"{name or 'A file'} {'printed' if paper else 'exported'}", detail)
        verb = sight.PRINTED if paper else sight.EXPORTED
        sight.write(verb, by=self.by, at=self.at, site_id=self.site_id, told=told)

    def searched(self, words: str) -> None:
        """Once for each person, words and hour."""
        if not words:
            return
        kept = sight.kept_words(words, hidden=settings.AUDIT_HIDES_SEARCHES)
        own = family(self.by.name)

        def tell() -> tuple[str, Told]:
            names_own = bool(own) and own in {family(each) for each in words.split()}
            said = "Searched for a client" + (" by their own family name" if names_own else "")
            return f"search {kept}", Told(said, detail={"words": kept, "own_name": names_own})

        sight.once(["search", kept], verb=sight.SEARCHED, by=self.by, at=self.at, site_id=self.site_id, tell=tell)

    def refused(self, heard: list[Refused]) -> None:
        """What was refused, with the client's key as it was asked for: it may be nobody's, and nothing looks."""
        key = self.kwargs.get("client_id")
        client_id = int(str(key)) if key is not None and int(str(key)) < LONGEST_KEY else None
        sight.write_refusals(
            heard, by=self.by, at=self.at, site_id=self.site_id, detail={"address": self.address}, verb=_verb, client_id=client_id
        )  # fmt: skip

    def _told(self, client: Client | None, summary: str, detail: Mapping[str, object]) -> Told:
        if client is None:
            return Told(summary, detail=detail)
        consents = [each.pk for each in held(ids_of(client), self.at) if valid_at(each, self.at)]
        return Told(summary, client.pk, {**detail, "consents": consents}, client._meta.label, client.pk)


def _verb(error: Refused) -> str:
    if error.findings[0].code == sight.NOT_FOUND:
        return sight.NOT_FOUND
    return sight.NOT_ALLOWED if isinstance(error, NotAllowed) else sight.REFUSED


def _words(request: HttpRequest) -> str:
    asked = request.POST if request.method == "POST" else request.GET
    return asked.get("q", "").strip()[:80]


def _is_file(response: HttpResponse) -> bool:
    kind = response.get("Content-Type", "").partition(";")[0]
    return kind in FILES or "attachment" in response.get("Content-Disposition", "")


def _name(response: HttpResponse) -> str:
    found = response.get("Content-Disposition", "").partition('filename="')[2]
    return found.partition('"')[0][:120]
