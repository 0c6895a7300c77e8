"""Safety plans as they are read: the newest version first, each with its sections in order and what the client said."""

from collections.abc import Sequence
from dataclasses import dataclass

from chart.models import SafetyPlan, SafetySigning
from chart.rules.safety import SECTIONS, Section


@dataclass(frozen=True)
class Version:
    """One version. ``parts`` are its sections that have words; ``signing`` is None while the client was not asked."""

    plan: SafetyPlan
    parts: tuple[tuple[Section, str], ...]
    signing: SafetySigning | None


def versions(client_ids: Sequence[int], *, most: int | None = None) -> list[Version]:
    """The versions of these records, newest first. One query."""
    rows = (
        SafetyPlan.objects.filter(client__in=client_ids).select_related("by", "signing__by").order_by("-at", "-number")
    )
    return [_version(row) for row in rows[:most]]


def version(plan_id: int, client_ids: Sequence[int]) -> Version | None:
    """One version, where it is of these records. One query."""
    row = SafetyPlan.objects.filter(pk=plan_id, client__in=client_ids).select_related("by", "signing__by").first()
    return None if row is None else _version(row)


def _version(row: SafetyPlan) -> Version:
    parts = tuple((each, row.sections[each.code]) for each in SECTIONS if row.sections.get(each.code))
    return Version(row, parts, getattr(row, "signing", None))
