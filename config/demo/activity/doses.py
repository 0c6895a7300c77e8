"""A nurse charts a dose that is due, for every other client: the rest is left for the visitor."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from config.demo.activity.colleagues import Touched, colleague
from emar.actions import administer
from emar.actions.asked import Draw
from emar.models import Administration, Order
from emar.queries.stock import draws_for
from emar.rules.administration import REASONS, Outcome
from emar.rules.schedule import AsNeeded, Taper, due_times, from_json, taper_dose_at
from emar.rules.windows import window_for
from programs.models import Leave, Placement, Site
from staff.rules.capabilities import Role


def give(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Chart one dose inside its window; False where there is none to chart."""
    away = set(Leave.objects.current(at).values_list("episode_id", flat=True))
    orders = [
        order
        for order in Order.objects.current(at).select_related("medication").order_by("pk")
        if order.client_id % 2 == 0 and order.client_id not in left_alone.clients and order.episode_id not in away
        if not _asks_more(order)
    ]
    dice.shuffle(orders)
    for order in orders:
        placement = (
            Placement.objects.current(at)
            .filter(episode=order.episode_id, kind="treatment")
            .select_related("program__site")
            .first()
        )
        if placement is None:
            continue
        site = placement.program.site
        found = _due(order, at, site.tz)
        if found is None:
            continue
        due, amount = found
        draws = _draws(order, site, at, amount)
        if draws is None:
            continue
        nurse = colleague(dice, site, Role.NURSE, at)
        if nurse is None:
            return False
        taken = dice.random() < 0.93
        reason = "" if taken else dice.choice([code for code, _ in REASONS[Outcome.REFUSED] if code != "other"])
        administer(
            by=nurse,
            at=at,
            order_id=order.pk,
            due_at=due,
            outcome=Outcome.GIVEN if taken else Outcome.REFUSED,
            client_id=order.client_id,
            identifiers=("wristband",) if taken else (),
            amount=amount if taken else None,
            unit=order.unit if taken else None,
            reason=reason,
            draws=draws if taken else (),
        )
        return True
    return False


def _draws(order: Order, site: Site, at: datetime, amount: Decimal) -> tuple[Draw, ...] | None:
    """What a dose is drawn from where stock is counted, whole ones of one line; None where it would leave something to waste."""
    found = draws_for(order, site, at, amount=amount, unit_id=None, required=False)
    if not found.asked:
        return ()
    whole = [each for each in found.choices if each.fits and each.drawn and not each.over]
    return (Draw(line_id=whole[0].line.pk, drawn=whole[0].drawn),) if whole and whole[0].drawn else None


def _asks_more(order: Order) -> bool:
    """Whether a dose of it takes a measured value, a place on the body or a second person: those are the visitor's."""
    return bool(order.hold_limits or order.medication.sites) or order.witness == "required" or order.mode != "nurse"


def _due(order: Order, at: datetime, tz: object) -> tuple[datetime, Decimal] | None:
    """A dose of this order whose window is open and that nobody charted, with its amount."""
    schedule = from_json(order.schedule)
    if isinstance(schedule, AsNeeded):
        return None
    window = window_for(schedule, order.time_critical)
    begins, ends = order.span
    dues = due_times(
        schedule,
        start=order.anchor,
        stop=ends,
        since=max(begins, at - timedelta(minutes=window.after)),
        until=at + timedelta(minutes=min(window.before, 10)),
        tz=tz,  # type: ignore[arg-type]
    )
    done = set(Administration.objects.filter(order=order, due_at__in=dues).values_list("due_at", flat=True))
    for due in dues:
        if due not in done:
            amount = order.dose
            if isinstance(schedule, Taper):
                amount = taper_dose_at(schedule, due, order.anchor, tz) or amount  # type: ignore[arg-type]
            return due, amount
    return None
