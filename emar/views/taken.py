"""What a sheet asks about a dose that was taken: how much, where on the body, measured values, a score, a witness, a signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from chart.queries.vitals import latest, said
from emar.models import Order
from emar.queries.clients import colleagues, used_sites
from emar.queries.patches import still_on
from emar.queries.policy import policy_of
from emar.queries.rows import plain
from emar.rules.administration import BODY_SITES, SCALES, TAKEN, Outcome, say_clock, scales_for, watch_mouth
from emar.rules.orders import Measure, Mode, Witness
from emar.views.behind import behind_context
from programs.desk import Desk
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class BodySite:
    """A place on the body. ``used``: when it was used last, '' where it was not lately; ``newest``: it was the last one."""

    code: str
    label: str
    used: str
    newest: bool


def taken_context(desk: Desk, order: Order, outcome: Outcome, row: object = None) -> dict[str, object]:
    """The fields that an order and an outcome ask for; none where nothing was taken. ``row``: the row of the pass, where there is one."""
    if outcome not in TAKEN:
        return {"taken": False}
    medication = order.medication
    prn = order.schedule.get("kind") == "as_needed"
    observed = order.mode == Mode.OBSERVED
    behind = behind_context(desk, order, row)
    offered = behind["offer"] is not None or behind["by_protocol"] is not None  # then no number is typed for it
    return behind | {
        "taken": True,
        "ranged": f"{plain(order.dose)} to {plain(order.dose_max)}" if order.dose_max is not None else "",
        "sites": _sites(desk, order) if medication.sites else (),
        "site_words": "Where is it injected?" if medication.sites == "injection" else "Where is it put on?",
        "limits": [limit.words for limit in order.limits],
        "measures": [(each, *each.span) for each in dict.fromkeys(limit.measure for limit in order.limits)],
        "known": _known(desk, order) if order.limits else "",
        "prn": prn,
        "scales": [(each, *SCALES[each]) for each in scales_for(order.indication)] if prn and not offered else [],
        "score_steps": range(11),
        "asks_tried": prn and medication.psychotropic and behind["by_protocol"] is None,
        "patches": still_on(order, desk.now),
        "signs": outcome is Outcome.SELF_ADMINISTERED,
        "mouth": watch_mouth(medication.ingredient_names, observed=observed, on_the_body=bool(medication.sites)),
        "witness": "" if order.witness == Witness.NONE else Witness(order.witness).label,
        "witness_required": order.witness == Witness.REQUIRED,
        "watches": dose_witness(desk) if order.witness != Witness.NONE else None,
    }


def _known(desk: Desk, order: Order) -> str:
    """The last vital signs of a day, in words, beside the fields that ask for them; they fill in nothing."""
    row = latest([order.client_id], desk.now).get(order.client_id)
    if row is None or desk.now - row.at > timedelta(days=1):
        return ""
    return f"Last taken {say_clock(row.at, desk.tz, desk.now)} by {row.by.signature}: {said(row)}"


def _sites(desk: Desk, order: Order) -> list[BodySite]:
    kind = order.medication.sites
    since = desk.now - policy_of(desk.site.pk, desk.now).site_lookback
    used = {code: at.astimezone(desk.tz) for code, at in used_sites(order.client_id, kind, since)}
    newest = next(iter(used), "")
    return [
        BodySite(code, label, f"{used[code]:%a %H:%M}" if code in used else "", code == newest)
        for code, label in BODY_SITES[kind]
    ]


def dose_witness(desk: Desk, sent: Mapping[str, object] | None = None) -> SecondPersonForm:
    """Who watched a dose: another person on duty who may chart doses, with their own PIN. The rule says where one is needed."""
    form = SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=Capability.GIVE_DOSES, but_not=(desk.person.pk,), prefix="witness",
        label="Who watched",
    )  # fmt: skip
    form.use_required_attribute = False
    return form


def prescribers(desk: Desk) -> list[object]:
    """Whom a nurse may have spoken to."""
    return list(colleagues(desk.site.pk, Capability.WRITE_ORDERS, desk.now, but=desk.person.pk))


__all__ = ["Measure", "dose_witness", "prescribers", "taken_context"]
