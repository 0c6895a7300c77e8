"""A plan leaves on paper: every printing is on the trail."""

from datetime import datetime

from audit import trail
from audit.actions import action
from chart.models import Plan
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("chart.print_plan")
def print_plan(*, by: Person, at: datetime, plan_id: int, site_id: int) -> Plan:
    """Note that a version was printed. Raises NotAllowed, Plan.DoesNotExist."""
    plan = Plan.objects.select_related("episode").get(pk=plan_id)
    require(by, Capability.OPEN_CHART, site_id, at)

    trail.record(
        "chart.print_plan", by=by, at=at, subject=plan, site_id=site_id, client_id=plan.episode.client_id,
        summary=f"Plan version {plan.number} printed",
    )  # fmt: skip
    return plan
