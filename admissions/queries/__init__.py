"""What do the pages that cross rooms need? The placement list and, before a step, what it would move."""

from admissions.queries.plan import SAME_DAY, Plan, plan

__all__ = ["SAME_DAY", "Plan", "plan"]
