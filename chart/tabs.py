"""The pages of a chart, in the order of its tabs. A page adds its line here and begins with ``chart/_head.html``."""

from typing import NamedTuple

from staff.rules.capabilities import Capability


class Tab(NamedTuple):
    """``address`` is the name of an address that takes the client's key (the episode's, with ``of_episode``).

    ``placed``: only while the client is in a program of the site where the person works.
    """

    name: str
    label: str
    icon: str
    address: str
    capability: Capability
    placed: bool = False
    of_episode: bool = False


TABS: tuple[Tab, ...] = (
    Tab("chart", "Chart", "notebook-text", "chart:chart", Capability.OPEN_CHART),
    Tab("facts", "Facts", "contact-round", "chart:facts", Capability.OPEN_CHART),
    Tab("plan", "Plan", "target", "chart:plan", Capability.OPEN_CHART),
    Tab("notes", "Notes", "notebook-pen", "chart:notes", Capability.OPEN_CHART),
    Tab("scales", "Scales", "activity", "chart:scales", Capability.OPEN_CHART),
    Tab("vitals", "Vitals", "heart-pulse", "chart:vitals", Capability.OPEN_CHART),
    Tab("orders", "Orders", "pill", "emar:orders", Capability.SEE_PASS, placed=True),
    Tab("mar", "MAR", "calendar-days", "emar:mar", Capability.SEE_PASS),
    Tab("minutes", "Minutes", "clock", "groups:weeks", Capability.SEE_GROUPS, placed=True),
    Tab("level", "Level", "signpost", "asam:level", Capability.SEE_LEVELS, placed=True, of_episode=True),
    Tab("consents", "Consents", "signature", "chart:consents", Capability.SEE_CONSENTS),
    Tab("papers", "Papers", "printer", "chart:papers", Capability.OPEN_CHART),
)
