"""Which pages of the unit a person has, and the frame they share."""

from typing import NamedTuple

from programs.desk import Desk
from staff.rules.capabilities import Capability


class UnitTab(NamedTuple):
    """One page of the unit; ``address`` takes no argument."""

    name: str
    label: str
    icon: str
    address: str
    capability: Capability


TABS = (
    UnitTab("rounds", "Rounds", "footprints", "unit:all_rounds", Capability.SEE_ROUNDS),
    UnitTab("handoff", "Handoff", "arrow-right-left", "unit:handoffs", Capability.SEE_HANDOFFS),
    UnitTab("incidents", "Incidents", "triangle-alert", "unit:incidents", Capability.REPORT_INCIDENTS),
    UnitTab("day", "24 hours", "calendar-clock", "unit:day", Capability.SEE_HANDOFFS),
    UnitTab("routine", "Hours", "clock", "unit:routine", Capability.SEE_ROUNDS),
)


def tabs_of(desk: Desk) -> dict[str, object]:
    """The tabs, as context of a page."""
    return {"unit_tabs": [tab for tab in TABS if desk.may(tab.capability)]}
