"""The tablets of a site: who is how long unsent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emar.models import Tablet
from emar.queries.policy import policy_of
from programs.models import Site

QUIET = timedelta(minutes=15)
"""A tablet that was not heard of for this long is somewhere without a network, off, or lost."""


@dataclass(frozen=True)
class TabletRow:
    """A tablet as the page shows it. ``state`` is a word of the look, ``said`` that state in words."""

    pk: int
    name: str
    key_id: str
    registered_at: datetime
    registered_by: str
    seen_at: datetime | None
    seen_by: str
    unsent: int
    unsent_since: datetime | None
    unsent_by: str
    unreadable: int
    revoked_at: datetime | None
    revoked_by: str
    wiped_at: datetime | None
    state: str
    said: str
    here: bool = False


def tablet_rows(site: Site, at: datetime, *, here_id: int = 0) -> list[TabletRow]:
    """Every tablet of a site, the ones to worry about first, the revoked ones last. Two queries."""
    loud = policy_of(site.pk, at).unsent
    found = Tablet.objects.filter(site=site).select_related("registered_by", "seen_by", "unsent_by", "revoked_by")
    rows = [_row(each, at, loud, here_id) for each in found.order_by("name", "pk")]
    return sorted(rows, key=lambda row: (row.revoked_at is not None, _ORDER.index(row.state), row.name))


_ORDER = ("stop", "late", "held", "free", "off")


def _row(tablet: Tablet, at: datetime, loud: timedelta, here_id: int) -> TabletRow:
    state, said = _state(tablet, at, loud)
    return TabletRow(
        tablet.pk, tablet.name, tablet.key_id, tablet.registered_at, tablet.registered_by.signature, tablet.seen_at,
        tablet.seen_by.signature if tablet.seen_by else "", tablet.unsent, tablet.unsent_since,
        tablet.unsent_by.signature if tablet.unsent_by else "", tablet.unreadable, tablet.revoked_at,
        tablet.revoked_by.signature if tablet.revoked_by else "", tablet.wiped_at, state, said, tablet.pk == here_id,
    )  # fmt: skip


def _state(tablet: Tablet, at: datetime, loud: timedelta) -> tuple[str, str]:
    if tablet.revoked_at is not None:
        return "off", "revoked, wiped" if tablet.wiped_at else "revoked, not heard of since"
    if tablet.unreadable:
        doses = "1 dose" if tablet.unreadable == 1 else f"{tablet.unreadable} doses"
        return "stop", f"{doses} cannot be read any more"
    if tablet.unsent and tablet.unsent_since is not None:
        return ("late" if at - tablet.unsent_since > loud else "held"), f"{tablet.unsent} unsent"
    if tablet.seen_at is None:
        return "held", "never heard of"
    return ("free", "nothing unsent") if at - tablet.seen_at <= QUIET else ("held", "not heard of lately")
