"""What people do with catalogs: bring one in, say that it was checked, and let it count from an instant on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from asam.models import Attestation, Catalog, CatalogUse
from asam.queries.catalogs import Known, Version, digest_of, version
from asam.rules.catalog import InvalidCatalog, load_catalog, parse_catalog
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from programs.models import Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def kept(found: Known, at: datetime) -> Catalog:
    """The row of a catalog; the one that ships gets its own when it is first needed. Inside other actions' transactions."""
    if found.row is not None:
        return found.row
    catalog = found.catalog
    row, _ = Catalog.objects.get_or_create(
        organisation=None, name=catalog.name, version=catalog.version,
        defaults={
            "edition": str(catalog.edition), "title": catalog.title, "content": found.content, "digest": found.digest,
            "at": at,
        },
    )  # fmt: skip
    return row


def _explain_version(kwargs: Mapping[str, Any]) -> Finding:
    return stop("asam.catalog_exists", "Someone imported this version just now. Open the list of catalogs again.")


@action("asam.import_catalog", explain={"asam_catalog_version_once": _explain_version})
def import_catalog(*, by: Person, at: datetime, site_id: int, content: str, key: UUID | None = None) -> Catalog:
    """Keep a catalog of the organisation's own. It counts for nothing until somebody lets it.

    Raises Refused: the text is no catalog (where and why), its version is here already with other content, or it takes the
    name and version of the one that ships; NotAllowed.
    """
    require(by, Capability.CATALOGS, site_id, at)
    organisation = Site.objects.select_related("organisation").get(pk=site_id).organisation
    try:
        catalog = parse_catalog(content)
    except InvalidCatalog as error:
        raise Refused(stop("asam.catalog_invalid", str(error))) from error
    digest = digest_of(content)
    if (same := version(organisation.pk, digest, at)) is not None:
        raise Refused(stop("asam.catalog_here", f"This very file is here already, as {same.known.words}."))
    rows = Catalog.objects.filter(name=catalog.name, version=catalog.version)
    own = load_catalog()
    ships = (own.name, own.version) == (catalog.name, catalog.version)
    if ships or rows.filter(Q(organisation=organisation) | Q(organisation=None)).exists():
        message = (
            f"{catalog.name}, version {catalog.version} is here already and says something else: raise the version."
        )
        raise Refused(stop("asam.catalog_version_taken", message))

    row = Catalog.objects.create(
        organisation=organisation, edition=str(catalog.edition), name=catalog.name, version=catalog.version,
        title=catalog.title, content=content, digest=digest, at=at, by=by,
    )  # fmt: skip
    trail.record(
        "asam.import_catalog", by=by, at=at, subject=row, site_id=site_id, summary=f"Catalog {row} imported",
        detail={"digest": digest},
    )  # fmt: skip
    return row


def _explain_attested(kwargs: Mapping[str, Any]) -> Finding:
    return stop("asam.attested", "Someone attested this version just now. Open the page again.")


@action("asam.attest", explain={"asam_attested_once": _explain_attested})
def attest(
    *, by: Person, at: datetime, site_id: int, digest: str, words: str = "", key: UUID | None = None
) -> Attestation:
    """Say that this version was checked against the organisation's own licensed copy; ``words`` may name the copy.

    Raises Refused: no such version, or somebody said so before (who, when); NotAllowed.
    """
    require(by, Capability.CATALOGS, site_id, at)
    site = Site.objects.select_related("organisation").get(pk=site_id)
    found = _found(site, digest, at)
    if found.attested is not None:
        earlier = found.attested
        message = f"{earlier.by.signature} attested {found.known.words} on {earlier.at.astimezone(site.tz):%-d %b %Y}."
        raise Refused(stop("asam.attested", message))
    if len(words.strip()) > 300:
        raise Refused(stop("asam.words_long", "Say in at most 300 characters which copy it was checked against."))

    row = Attestation.objects.create(
        organisation=site.organisation, catalog=kept(found.known, at), words=words.strip(), at=at, by=by
    )
    trail.record(
        "asam.attest", by=by, at=at, subject=row, site_id=site_id, summary=f"Catalog {row.catalog} attested"
    )  # fmt: skip
    return row


def _explain_from(kwargs: Mapping[str, Any]) -> Finding:
    return stop("asam.catalog_from_taken", "Another catalog counts from that very instant. Choose another hour.")


@action("asam.use_catalog", explain={"asam_one_catalog_from": _explain_from})
def use_catalog(
    *, by: Person, at: datetime, site_id: int, digest: str, from_at: datetime | None = None, key: UUID | None = None
) -> CatalogUse:
    """Let a version count for new ratings of the organisation from ``from_at`` (an instant; None: now) on.

    What was rated before keeps its own catalog. Raises Refused: no such version, it counts already, or ``from_at`` is
    past; NotAllowed.
    """
    require(by, Capability.CATALOGS, site_id, at)
    site = Site.objects.select_related("organisation").get(pk=site_id)
    found, start = _found(site, digest, at), from_at or at
    if start < at:
        raise Refused(
            stop("asam.catalog_past", "A catalog counts from now on or later: what was rated stays as it is.")
        )
    if found.counts and start == at:
        raise Refused(stop("asam.catalog_counts", f"{found.known.words} counts already."))

    row = CatalogUse.objects.create(
        organisation=site.organisation, catalog=kept(found.known, at), started_at=start, at=at, by=by
    )
    trail.record(
        "asam.use_catalog", by=by, at=at, subject=row, site_id=site_id,
        summary=f"Catalog {row.catalog} counts from {start.astimezone(site.tz):%-d %b %Y %H:%M}",
    )  # fmt: skip
    return row


def _found(site: Site, digest: str, at: datetime) -> Version:
    found = version(site.organisation_id, digest, at) if len(digest) >= 12 else None
    if found is None:
        raise Refused(stop("asam.catalog_unknown", "There is no such catalog here. Open the list again."))
    return found
