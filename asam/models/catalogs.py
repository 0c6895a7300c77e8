"""Catalogs as they were used: every version whole, who checked it, and which counts from when. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.models import Organisation
from staff.models import Person


class Catalog(models.Model):
    """One version of a catalog, as the text it came in. ``organisation`` and ``by`` are NULL for those that Stepwell ships.

    ``digest`` is the SHA-256 of ``content`` in hexadecimal: the same name and version with other content is another
    catalog, and is refused.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="catalogs"
    )
    edition = models.CharField(max_length=4)
    name = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name", "version"], nulls_distinct=False, name="asam_catalog_version_once"
            ),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="asam_catalog_digest"),
            models.CheckConstraint(
                condition=Q(organisation=None, by=None) | Q(organisation__isnull=False, by__isnull=False),
                name="asam_catalog_imported_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class Attestation(models.Model):
    """An organisation says that it checked a version of a catalog against its own licensed copy. Once, by a person."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="attestations")
    catalog = models.ForeignKey(Catalog, on_delete=models.PROTECT, related_name="attestations")
    words = models.CharField(max_length=300, blank=True)  # which copy it was checked against
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "catalog"], name="asam_attested_once"),
        ]

    def __str__(self) -> str:
        return f"attestation {self.pk}"


class CatalogUse(models.Model):
    """From ``started_at`` on an organisation rates by this catalog, until a later row. No row: by the one that ships."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="catalog_uses")
    catalog = models.ForeignKey(Catalog, on_delete=models.PROTECT, related_name="uses")
    started_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "started_at"], name="asam_one_catalog_from"),
            models.CheckConstraint(
                condition=Q(started_at__gte=models.F("at")), name="asam_catalog_counts_from_now_on"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"use of a catalog {self.pk}"
