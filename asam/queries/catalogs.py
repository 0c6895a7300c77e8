"""Which catalog counts, and has it been checked? The one that ships where an organisation chose none."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from asam import models
from asam.rules.catalog import Catalog, load_catalog, packaged_text, parse_catalog


@dataclass(frozen=True)
class Known:
    """A version of a catalog: what it says, and its row (None: it ships, and nothing was rated by it yet)."""

    catalog: Catalog
    content: str
    digest: str
    row: models.Catalog | None

    @property
    def words(self) -> str:
        """'adult-4, version 1'."""
        return f"{self.catalog.name}, version {self.catalog.version}"


def digest_of(content: str) -> str:
    """The SHA-256 of a catalog's text."""
    return hashlib.sha256(content.encode()).hexdigest()


def known(row: models.Catalog) -> Known:
    """A kept version, read by the same parser as when it came."""
    return Known(parse_catalog(row.content), row.content, row.digest, row)


def shipped() -> Known:
    """The catalog that Stepwell ships, with its row where something was rated by it. One query."""
    content, catalog = packaged_text(), load_catalog()
    row = models.Catalog.objects.filter(organisation=None, name=catalog.name, version=catalog.version).first()
    return Known(catalog, content, digest_of(content), row)


def counting(organisation_id: int, at: datetime) -> Known:
    """The catalog by which an organisation rates at an instant. At most two queries."""
    use = (
        models.CatalogUse.objects.filter(organisation_id=organisation_id, started_at__lte=at, at__lte=at)
        .select_related("catalog")
        .order_by("-started_at", "-pk")
        .first()
    )
    return known(use.catalog) if use else shipped()


def attestation(organisation_id: int, row: models.Catalog | None, at: datetime) -> models.Attestation | None:
    """Who of this organisation checked this version against its licensed copy, as known at an instant. One query."""
    if row is None:
        return None
    return (
        models.Attestation.objects.filter(organisation_id=organisation_id, catalog=row, at__lte=at)
        .select_related("by")
        .first()
    )


@dataclass(frozen=True)
class Version:
    """A version on the page of catalogs. ``counts`` now; ``from_at`` when it begins to (or began last), None where never."""

    known: Known
    attested: models.Attestation | None
    counts: bool
    from_at: datetime | None
    used: int

    @property
    def helped(self) -> int:
        """How many codes carry help text of the organisation's own."""
        return sum(bool(code.help) for sub in self.known.catalog.subdimensions for code in sub.codes)


def versions(organisation_id: int, at: datetime) -> list[Version]:
    """Every version this organisation may use, the one that counts first. Four queries."""
    rows = list(models.Catalog.objects.filter(Q(organisation_id=organisation_id) | Q(organisation=None)))
    found = {row.digest: known(row) for row in rows}
    ships = Known(load_catalog(), packaged_text(), digest_of(packaged_text()), None)
    found.setdefault(ships.digest, ships)
    attested = {
        row.catalog_id: row
        for row in models.Attestation.objects.filter(organisation_id=organisation_id).select_related("by")
    }
    uses = list(
        models.CatalogUse.objects.filter(organisation_id=organisation_id)
        .select_related("catalog")
        .order_by("started_at", "pk")
    )
    begun = [use.catalog.digest for use in uses if use.started_at <= at]
    counts = begun[-1] if begun else ships.digest
    here = models.Assessment.objects.filter(episode__client__organisation_id=organisation_id)
    rated = dict(here.values_list("source_id").annotate(Count("pk")))
    since = {use.catalog.digest: use.started_at for use in uses}
    made = [
        Version(
            each, attested.get(each.row.pk) if each.row else None, each.digest == counts, since.get(each.digest),
            rated.get(each.row.pk, 0) if each.row else 0,
        )
        for each in found.values()
    ]  # fmt: skip
    return sorted(made, key=lambda each: (not each.counts, each.known.catalog.name, each.known.catalog.version))


def version(organisation_id: int, digest: str, at: datetime) -> Version | None:
    """The version of which this is the beginning of the digest; None where there is none."""
    return next((each for each in versions(organisation_id, at) if each.known.digest.startswith(digest)), None)
