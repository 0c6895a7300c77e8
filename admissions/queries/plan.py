"""What would move in a step to another level? Read before a person confirms, and again under the locks of the act."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from asam.rules.levels import LEVELS
from beds.models import BedStay
from emar.models import Order
from groups.models import Series, Session
from programs.models import Leave, Placement, Program

SAME_DAY = timedelta(hours=12)


@dataclass(frozen=True)
class Plan:
    """A step from one placement into a program: the bed, the orders and the groups it touches."""

    left: Placement
    program: Program
    stay: BedStay | None
    orders: tuple[str, ...]
    groups_left: tuple[str, ...]
    groups_joined: tuple[str, ...]
    groups_kept: tuple[str, ...]
    sessions: tuple[int, ...]
    leave: Leave | None

    @property
    def bed(self) -> str:
        """'Alder 1-A', or '' where there is none."""
        if self.stay is None:
            return ""
        room = self.stay.bed.room
        return f"{room.unit.name} {room.name}-{self.stay.bed.label}"

    @property
    def keep_bed(self) -> bool:
        """What is proposed: a residential or hospital level keeps the bed until the board moves it, others free it."""
        level = LEVELS.get(self.program.level)
        return level is not None and level.setting > 2


def plan(left: Placement, program: Program, at: datetime) -> Plan:
    """What a step would move at this instant. Six queries, however much there is."""
    stay = (
        BedStay.objects.current(at)
        .filter(episode=left.episode)
        .select_related("bed__room__unit__site", "bed__room__unit__program")
        .first()
    )
    orders = Order.objects.current(at).filter(episode=left.episode).select_related("medication").order_by("pk")
    before = dict(Series.objects.filter(programs=left.program).order_by("name").values_list("pk", "name"))
    after = dict(Series.objects.filter(programs=program).order_by("name").values_list("pk", "name"))
    sessions = Session.objects.filter(
        series__programs__in=[left.program, program], ended_at__gt=at, started_at__lt=at + SAME_DAY
    )
    return Plan(
        left=left,
        program=program,
        stay=stay,
        orders=tuple(f"{order.medication}, {order.dose.normalize():f} {order.unit}" for order in orders),
        groups_left=tuple(name for pk, name in before.items() if pk not in after),
        groups_joined=tuple(name for pk, name in after.items() if pk not in before),
        groups_kept=tuple(name for pk, name in after.items() if pk in before),
        sessions=tuple(sessions.order_by("pk").values_list("pk", flat=True).distinct()),
        leave=Leave.objects.current(at).filter(episode=left.episode).first(),
    )
