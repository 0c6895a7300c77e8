"""What a sheet asks about a dose that was taken: how much, where on the body, measured values, a score, a witness, a signature."""

from dataclasses import dataclass

from emar.models import Order
from emar.queries.clients import colleagues, used_sites
from emar.queries.policy import policy_of
from emar.queries.rows import plain
from emar.rules.administration import BODY_SITES, SCALES, TAKEN, Outcome, scales_for, watch_mouth
from emar.rules.orders import Measure, Mode, Witness
from programs.desk import Desk
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class BodySite:
    """A place on the body. ``used``: when it was used last, '' where it was not lately; ``newest``: it was the last one."""

    code: str
    label: str
    used: str
    newest: bool


def taken_context(desk: Desk, order: Order, outcome: Outcome) -> dict[str, object]:
    """The fields that an order and an outcome ask for; none where nothing was taken."""
    if outcome not in TAKEN:
        return {"taken": False}
    medication = order.medication
    prn = order.schedule.get("kind") == "as_needed"
    observed = order.mode == Mode.OBSERVED
    return {
        "taken": True,
        "ranged": f"{plain(order.dose)} to {plain(order.dose_max)}" if order.dose_max is not None else "",
        "sites": _sites(desk, order) if medication.sites else (),
        "site_words": "Where is it injected?" if medication.sites == "injection" else "Where is it put on?",
        "limits": [limit.words for limit in order.limits],
        "measures": [(each, *each.span) for each in dict.fromkeys(limit.measure for limit in order.limits)],
        "prn": prn,
        "scales": [(each, *SCALES[each]) for each in scales_for(order.indication)] if prn else [],
        "score_steps": range(11),
        "asks_tried": prn and medication.psychotropic,
        "signs": outcome is Outcome.SELF_ADMINISTERED,
        "mouth": watch_mouth(medication.ingredient_names, observed=observed, on_the_body=bool(medication.sites)),
        "witness": "" if order.witness == Witness.NONE else Witness(order.witness).label,
        "witness_required": order.witness == Witness.REQUIRED,
        "witnesses": _witnesses(desk, order),
    }


def _sites(desk: Desk, order: Order) -> list[BodySite]:
    kind = order.medication.sites
    since = desk.now - policy_of(desk.site.pk, desk.now).site_lookback
    used = {code: at.astimezone(desk.tz) for code, at in used_sites(order.client_id, kind, since)}
    newest = next(iter(used), "")
    return [
        BodySite(code, label, f"{used[code]:%a %H:%M}" if code in used else "", code == newest)
        for code, label in BODY_SITES[kind]
    ]


def _witnesses(desk: Desk, order: Order) -> list[object]:
    if order.witness == Witness.NONE:
        return []
    return list(colleagues(desk.site.pk, Capability.GIVE_DOSES, desk.now, but=desk.person.pk))


def prescribers(desk: Desk) -> list[object]:
    """Whom a nurse may have spoken to."""
    return list(colleagues(desk.site.pk, Capability.WRITE_ORDERS, desk.now, but=desk.person.pk))


__all__ = ["Measure", "prescribers", "taken_context"]
