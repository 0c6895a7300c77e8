"""What the rooms add to the top of a chart: providers as in ``contributions``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from programs.models import Client, Placement
from programs.together import Asking, begin
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class Now:
    """One line of what is open about a client now. ``rank`` is its place (0 first), ``icon`` a lucide name, ``tone`` one of the look's
    eight words or '', ``address`` where it is done, for those who hold ``capability``."""

    rank: int
    icon: str
    title: str
    line: str
    tone: str
    address: str
    capability: Capability


NowProvider = Callable[[Client, Placement, datetime], Iterable[Now]]


def standing(client: Client, placement: Placement, at: datetime) -> list[Asking[Iterable[Now]]]:
    """What is open about a client who is in a program, as each room asks for it: to be taken ``together`` with what else a page asks."""
    providers: Iterable[NowProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.CHART_NOW")
    return [begin(provider, client, placement, at) for provider in providers]
