"""What a sheet shows and asks beside a dose: the score it goes by, what is proposed, the start of buprenorphine, another program."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from chart.queries import Reading, newest
from chart.scales import scale as scale_of
from chart.scales import scales as every_scale
from emar.forms import ChartForm
from emar.models import Order, Protocol, Verification
from emar.queries.policy import policy_of
from emar.queries.rows import PrnRow, plain
from emar.rules.administration import scales_for
from emar.rules.checks import Checks
from emar.rules.orders import Measure
from emar.rules.orders.kinds import StartKind
from programs.desk import Desk
from programs.people import mine


def behind_context(desk: Desk, order: Order, row: object = None) -> dict[str, object]:
    """The fields an order asks for beside those of every dose; no query where it asks for none."""
    protocol = None if order.protocol_id is None else Protocol.objects.get(pk=order.protocol_id)
    codes = _codes(order, protocol)
    offer = _offer(desk, order, codes) if codes else None
    named = None if not codes else scale_of(codes[0])
    back = {"back": reverse("emar:passes")}
    otp = order.start_kind == StartKind.CONTINUES_OTP
    advised = row.advice.amount if isinstance(row, PrnRow) and row.advice is not None else None
    return {
        "asks_score": bool(codes),
        "offer": None if offer is None else offer[1],
        "offer_name": offer[0] if offer is not None else " or ".join(_names(codes)),
        "score_url": ""
        if named is None
        else f"{reverse('chart:score', args=[order.client_id, named.code])}?{urlencode(back)}",
        "starts": order.start_kind == StartKind.INDUCTION,
        "verified": (_verified(order) or False) if otp else None,
        "verify_url": reverse("emar:verify_otp", args=[order.client_id]),
        "amounts": [] if protocol is None else [(plain(each), each == advised) for each in protocol.table.amounts],
        "by_protocol": protocol,
    }


def checks_in(form: ChartForm) -> dict[str, Any]:
    """What was said beside the dose, as the action takes it; nothing where nothing was."""
    data = form.cleaned_data
    said = Checks(
        score_id=data["score_id"],
        last_use_at=data["last_use_at"],
        mouth_before=True if data["mouth_before"] else None,
        dissolved_minutes=data["dissolved_minutes"],
    )
    return {} if said == Checks() else {"checks": said}


def _codes(order: Order, protocol: Protocol | None) -> list[str]:
    """The scales of which one score goes with the dose, the one that matters most first."""
    wanted = [] if protocol is None else [protocol.scale]
    if order.start_kind == StartKind.INDUCTION:
        wanted.append(Measure.COWS.value)
    wanted += [limit.measure.value for limit in order.limits]
    if order.schedule.get("kind") == "as_needed":
        wanted += scales_for(order.indication)
    return [code for code in dict.fromkeys(wanted) if code in every_scale()]


def _offer(desk: Desk, order: Order, codes: list[str]) -> tuple[str, Reading] | None:
    """The newest score of these that is fresh enough for a dose now, with its scale's name."""
    fresh = policy_of(desk.site.pk, desk.now).fresh
    found = newest(order.client_id, codes, desk.now)
    for code in codes:
        reading, known = found.get(code), scale_of(code)
        if reading is not None and known is not None and desk.now - reading.at <= fresh:
            return known.name, reading
    return None


def _names(codes: list[str]) -> list[str]:
    return [known.name for code in codes if (known := scale_of(code)) is not None]


def _verified(order: Order) -> Verification | None:
    rows = Verification.objects.filter(mine(order.client_id), corrected_by=None).select_related("by")
    return rows.order_by("-heard_at", "-pk").first()
