"""Which rule pack counts where: a site, or one of its programs, follows a pack for a period, for everyone or for one payer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Program, Site
from staff.models import Person


class AppliedPack(models.Model):
    """A site follows a rule pack (``groups/packs``) from a date to a date (site's calendar; ``ends_on`` exclusive).

    ``program`` NULL: every program of the site. ``payer`` '': whoever pays. A change is a new row.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="applied_packs")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, blank=True, related_name="applied_packs")
    payer = models.CharField(max_length=60, blank=True)
    pack = models.CharField(max_length=40)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("begins_on")), name="groups_pack_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["site", "program", "payer", "pack", "begins_on"],
                nulls_distinct=False,
                name="groups_pack_once",
            ),
        ]

    def __str__(self) -> str:
        return f"pack {self.pack} at {self.site}"
