"""The ledger: every change of every line, with the balance it left. Append-only."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from emar.models.doses import Administration
from emar.models.stock.places import StockLine
from emar.models.stock.variances import Variance
from emar.rules.stock.kinds import ADDS, SAYS_WHY, TAKES, WITNESSED, Kind
from staff.models import Person, Proof

MOST = Decimal(1_000_000)  # NaN is the largest number there is, so every amount is bounded


def _kinds(kinds: tuple[Kind, ...]) -> list[str]:
    return [kind.value for kind in kinds]


class LedgerEntry(models.Model):
    """One change of one line: ``balance`` = the balance of entry ``number`` - 1, plus ``change``; never below zero.

    A dose or a waste says all of it in one row: drawn = given + wasted + returned, and what leaves the line is what was drawn
    and not put back. ``proof`` is the second person's PIN, ``second_proof`` the third's. ``reverses`` is the dose that was
    undone or corrected, ``pair`` the other end of a move, ``variance`` the difference that an adjustment resolves.
    """

    line = models.ForeignKey(StockLine, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=[(each.value, each.label) for each in Kind])
    change = models.DecimalField(max_digits=9, decimal_places=3)
    balance = models.DecimalField(max_digits=9, decimal_places=3)
    drawn = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    given = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    wasted = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    returned = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    administration = models.ForeignKey(
        Administration, on_delete=models.PROTECT, null=True, blank=True, related_name="draws"
    )
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    pair = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="paired_by")
    variance = models.OneToOneField(
        Variance, on_delete=models.PROTECT, null=True, blank=True, related_name="adjustment"
    )
    why = models.CharField(max_length=300, blank=True)  # why, from whom, to whom, by which method
    signed_as = models.CharField(max_length=80, blank=True)  # the name with which a client took their own back
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proof = models.OneToOneField(Proof, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    second_proof = models.OneToOneField(Proof, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="emar_ledger_numbered"),
            models.UniqueConstraint(
                fields=["administration", "line"],
                condition=Q(administration__isnull=False),
                name="emar_ledger_dose_once_a_line",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="emar_ledger_counts_up"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lt=MOST), name="emar_ledger_never_negative"
            ),
            models.CheckConstraint(
                condition=Q(change__lt=MOST)
                & (
                    Q(kind__in=_kinds(ADDS), change__gt=0)
                    | Q(kind__in=_kinds(TAKES), change__lt=0)
                    | Q(kind=Kind.DOSE.value, change__lte=0)
                    | Q(kind=Kind.ADJUST.value)
                ),
                name="emar_ledger_kind_has_its_sign",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=_kinds((Kind.DOSE, Kind.WASTE)),
                    drawn__gt=0, drawn__lt=MOST, given__gte=0, given__lt=MOST, wasted__gte=0, wasted__lt=MOST,
                    returned__gte=0, returned__lt=MOST, drawn=F("given") + F("wasted") + F("returned"),
                    change=F("returned") - F("drawn"), drawn__lte=F("balance") - F("change"),
                    drawn__isnull=False, given__isnull=False, wasted__isnull=False, returned__isnull=False,
                )
                | ~Q(kind__in=_kinds((Kind.DOSE, Kind.WASTE))) & Q(drawn=None, given=None, wasted=None, returned=None),
                name="emar_ledger_drawn_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.DOSE.value, administration__isnull=False)
                | Q(administration=None) & ~Q(kind=Kind.DOSE.value),
                name="emar_ledger_dose_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.WASTE.value) | Q(given=0, wasted__gt=0), name="emar_ledger_waste_gives_nothing"
            ),
            models.CheckConstraint(
                condition=(~Q(kind__in=_kinds(WITNESSED)) & (Q(wasted=None) | Q(wasted=0))) | Q(proof__isnull=False),
                name="emar_ledger_witnessed",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.DESTROY.value, second_proof__isnull=False) & ~Q(proof=F("second_proof"))
                | ~Q(kind=Kind.DESTROY.value) & Q(second_proof=None),
                name="emar_ledger_destroyed_before_two",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.PUT_BACK.value, reverses__isnull=False)
                | ~Q(kind=Kind.PUT_BACK.value) & Q(reverses=None),
                name="emar_ledger_put_back_names_it",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.TRANSFER_IN.value, pair__isnull=False)
                | ~Q(kind=Kind.TRANSFER_IN.value) & Q(pair=None),
                name="emar_ledger_moved_in_names_it",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.ADJUST.value, variance__isnull=False)
                | ~Q(kind=Kind.ADJUST.value) & Q(variance=None),
                name="emar_ledger_adjusts_a_difference",
            ),
            models.CheckConstraint(
                condition=~Q(why="") | ~Q(kind__in=_kinds(SAYS_WHY)) & (Q(wasted=None) | Q(wasted=0)),
                name="emar_ledger_says_why",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["line", "-number"], name="emar_ledger_newest")]

    def __str__(self) -> str:
        return f"ledger entry {self.pk}"
