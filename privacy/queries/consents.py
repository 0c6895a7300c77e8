"""Consents as they stand at an instant: what holds, what ended and why."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from privacy.models import Consent, ConsentEvent, ConsentSignature
from privacy.queries.sealing import seal_of
from privacy.rules.classes import InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind, HeldConsent, against
from privacy.rules.scope import scope_text as words_of
from programs.models import Episode, Site

Kind = ConsentEvent.Kind
OVER = frozenset({"consent.revoked", "consent.superseded", "consent.expired", "consent.deficient"})


@dataclass(frozen=True)
class Standing:
    """A consent as a page shows it. ``held`` None: not signed by everybody yet. ``codes`` and ``why``: what stands against relying on
    it now, '' where it counts. ``dropped``: put away without a signature."""

    row: Consent
    held: HeldConsent | None
    signatures: tuple[ConsentSignature, ...]
    events: tuple[ConsentEvent, ...]
    codes: frozenset[str] = frozenset()
    why: str = ""
    dropped: bool = False

    @property
    def counts(self) -> bool:
        """True where it may be relied on."""
        return self.held is not None and not self.codes

    @property
    def over(self) -> bool:
        """True where it ended for good; one that is held may count again."""
        return bool(self.codes & OVER)

    @property
    def missing(self) -> tuple[str, ...]:
        """Who has still to sign, by role."""
        signed = {each.role for each in self.signatures}
        return tuple(role for role in self.row.signers if role not in signed)

    @property
    def scope(self) -> str:
        """What it covers, in short sentences."""
        return self.held.scope if self.held is not None else scope_text(self.row)


def held(client_ids: Collection[int], at: datetime) -> tuple[HeldConsent, ...]:
    """The signed consents of these records as they stand at an instant, in any state, the newest first; what may be relied on says
    ``privacy.rules.consents.valid_at``. At most seven queries."""
    return tuple(each.held for each in standings(client_ids, at) if each.held is not None)


def standings(client_ids: Collection[int], at: datetime, pk: int | None = None) -> list[Standing]:
    """Every consent of these records begun by then, the newest first, signed or not. At most seven queries."""
    found = Consent.objects.filter(client__in=client_ids, at__lte=at).select_related("site", "by", "client")
    if pk is not None:
        found = found.filter(pk=pk)
    signatures = ConsentSignature.objects.filter(at__lte=at).select_related("by").order_by("at", "pk")
    events = ConsentEvent.objects.filter(at__lte=at).select_related("by", "recipient").order_by("at", "pk")
    rows = list(
        found.prefetch_related("named", Prefetch("signatures", signatures), Prefetch("events", events)).order_by(
            "-at", "-pk"
        )
    )
    if not rows:
        return []
    ends = _ends(client_ids, at)
    zones = _zones(rows)
    return [_standing(row, at, ends, zones) for row in rows]


def standing(client_ids: Collection[int], at: datetime, pk: int) -> Standing | None:
    """One of them."""
    return next(iter(standings(client_ids, at, pk)), None)


def scope_text(row: Consent) -> str:
    """What a consent covers, as of its last signature, for what goes along with a release (42 CFR 2.32(b))."""
    signed = [each.signed_on for each in row.signatures.all()]
    return words_of(
        type=ConsentType(row.type), client=row.client_name, discloser=row.discloser, names=[each.name for each in row.named.all()],
        kinds=_kinds(row), purposes={Purpose(each) for each in row.purposes}, classes={InfoClass(each) for each in row.classes},
        expiry=ExpiryKind(row.expiry), expires_on=row.expires_on, signed_on=max(signed, default=None), proceeding=row.proceeding,
        scope_words=row.scope_words,
    )  # fmt: skip


def _standing(
    row: Consent, at: datetime, ends: Iterable[datetime], zones: Mapping[int | None, Collection[ZoneInfo]]
) -> Standing:
    signatures, events = tuple(row.signatures.all()), tuple(row.events.all())
    dropped = any(each.kind == Kind.DROPPED for each in events)
    made = Standing(row, None, signatures, events, dropped=dropped)
    if made.missing or dropped:
        return made
    signed_at = max(each.at for each in signatures)
    whole = _held(row, signed_at, events, _expires(row, signed_at, events, ends, zones))
    findings = against(whole, at)
    return replace(
        made,
        held=whole,
        codes=frozenset(each.code for each in findings),
        why=" ".join(each.message for each in findings),
    )


def _held(
    row: Consent, signed_at: datetime, events: Collection[ConsentEvent], expires_at: datetime | None
) -> HeldConsent:
    revoked = [each for each in events if each.kind == Kind.REVOKED]
    whole = next((each.at for each in revoked if each.scope == ConsentEvent.Scope.WHOLE), None)
    newer = next((each for each in events if each.kind == Kind.SUPERSEDED), None)
    settled = {each.ends_id for each in events if each.ends_id}
    named = [(each.recipient_id, each.name) for each in row.named.all()]
    untrue = [f"something in it is not true ({each.words})" for each in events if each.kind == Kind.UNTRUE]
    if seal_of(row, named) != row.sha256:
        untrue.append("what is kept of it is not what was signed")
    return HeldConsent(
        pk=row.pk, client_id=row.client_id, type=ConsentType(row.type), version=f"{row.type}@{row.version}", sha256=row.sha256,
        site_ids=frozenset({row.site_id} if row.site_id else ()), recipients=frozenset(pk for pk, _ in named), kinds=_kinds(row),
        purposes=frozenset(map(Purpose, row.purposes)), classes=frozenset(map(InfoClass, row.classes)), signed_at=signed_at,
        expiry=ExpiryKind(row.expiry), expires_at=expires_at,
        revoked_at=min((each for each in (whole, newer.at if newer else None) if each), default=None),
        superseded_by=newer.by_consent_id if newer and whole is None else None,
        revoked_recipients=frozenset(each.recipient_id for each in revoked if each.recipient_id),
        revoked_kinds=frozenset(RecipientKind(each.recipient_kind) for each in revoked if each.recipient_kind),
        revoked_classes=frozenset(InfoClass(each.info_class) for each in revoked if each.info_class),
        held_since=next((each.at for each in events if each.kind == Kind.HELD and each.pk not in settled), None),
        deficiencies=tuple(untrue), scope=scope_text(row), recipient_names=tuple(name for _, name in named),
        proceeding=row.proceeding if row.type == ConsentType.LEGAL_PROCEEDING else "",
    )  # fmt: skip


def _expires(
    row: Consent,
    signed_at: datetime,
    events: Collection[ConsentEvent],
    ends: Iterable[datetime],
    zones: Mapping[int | None, Collection[ZoneInfo]],
) -> datetime | None:
    """The instant from which it does not count: the midnight after its last day (of the site; of the easternmost where it is every
    site's), the first end of a course of care after it was signed, or the attested event."""
    attested = next((each.at for each in events if each.kind == Kind.ENDED), None)
    if attested is not None:
        return attested
    if row.expires_on is not None:
        day = row.expires_on + timedelta(days=1)
        return min(datetime.combine(day, time.min, tz) for tz in zones[row.site_id])
    if row.expiry == ExpiryKind.END_OF_TREATMENT:
        return min((end for end in ends if end > signed_at), default=None)
    return None


def _ends(client_ids: Collection[int], at: datetime) -> list[datetime]:
    """When courses of care ended; one that was a mistake ended nothing."""
    over = Episode.objects.filter(client__in=client_ids, ended_at__lte=at).exclude(ended_as=Episode.Outcome.MISTAKE)
    return [end for end in over.values_list("ended_at", flat=True) if end is not None]


def _zones(rows: list[Consent]) -> Mapping[int | None, Collection[ZoneInfo]]:
    """The clocks that count for a consent by the key of its site; None: every site of the organisation."""
    own = {row.site_id: [row.site.tz] for row in rows if row.site is not None}
    if all(row.site_id for row in rows):
        return own
    every = [site.tz for site in Site.objects.filter(organisation=rows[0].client.organisation_id)]
    return own | {None: every}


def _kinds(row: Consent) -> frozenset[RecipientKind]:
    return frozenset(RecipientKind(each) for each in row.kinds)
