"""The facts that the check of an order stands on, read for an act and for the page that shows what would be said."""

import re
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from audit.rules.findings import Finding, worst_first
from chart.models import Allergy
from chart.queries.allergies import said_allergy
from emar.models import Administration, Medication, Order
from emar.models.doses import UNDONE
from emar.queries.policy import policy_of
from emar.queries.protocols import sig_findings
from emar.rules.administration import say_amount
from emar.rules.contents import Content
from emar.rules.orders.check import PIECES, order_findings
from emar.rules.orders.facts import AllergyFacts, ClientFacts, MedicationFacts, Setting, Sig, Standing
from emar.rules.orders.kinds import Witness
from emar.rules.orders.over import is_over
from emar.rules.orders.schedules import read_schedule
from emar.rules.orders.seam import Seam, Version, seam
from emar.rules.schedule import Schedule, Taper, describe, from_json
from programs.models import Site
from programs.people import mine

_STRENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?) (mcg|mg|g|units|mEq)")


def medication_facts(medication: Medication) -> MedicationFacts:
    """A line of the formulary as the rules take it.

    Where it does not say what it contains, a plain strength ('100 mg') of a piece ('tablet') does.
    """
    words = re.findall(r"[a-z]+", medication.form.lower())
    piece = medication.counted_in or (words[0] if words and words[0] in PIECES else "")
    contents, plain = medication.ingredients, _STRENGTH.fullmatch(medication.strength)
    if not contents and plain is not None and piece:
        contents = (Content(medication.ingredient, Decimal(plain[1]), plain[2]),)
    brands = [brand.strip() for brand in medication.brands.split(",") if brand.strip()]
    return MedicationFacts(
        name=medication.shown,
        ingredients=medication.ingredient_names,
        route=medication.route,
        form=medication.form.lower(),
        names=tuple(filter(None, (medication.name, medication.generic, *brands))),
        drug_class=medication.drug_class.casefold(),
        contents=contents,
        counted_in=piece,
        strength_unit=medication.strength.rsplit(" ", 1)[-1].split("/")[0] if " " in medication.strength else "",
        controlled=bool(medication.dea_schedule),
        psychotropic=medication.psychotropic,
        look_alike=medication.look_alike,
        is_active=medication.is_active,
        witness=Witness(medication.witness),
    )


def client_facts(client_id: int, setting: Setting, *, but: int | None = None) -> ClientFacts:
    """Allergies, and orders in force or to come but for one; what has run out is not among them. Two queries."""
    at = setting.at
    known = Allergy.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), client=client_id).order_by("substance")
    orders = (
        Order.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), mine(client_id))
        .exclude(pk=but or 0)
        .select_related("medication")
        .order_by("pk")
    )
    return ClientFacts(
        tuple(AllergyFacts(each.substance, said_allergy(each)) for each in known),
        tuple(_standing(order) for order in orders if not is_over(*_timed(order), at=at, tz=setting.tz)),
    )


def setting_of(site: Site, at: datetime) -> Setting:
    """When and where, with the site's numbers. One query."""
    return Setting(at, site.tz, policy_of(site.pk, at))


def check_order(
    site: Site, client_id: int, medication: Medication, sig: Sig, *, at: datetime, replaces: Order | None = None
) -> list[Finding]:
    """What would be said to this order if it were written (or if ``replaces`` were changed to it) now, worst first.

    Four queries. For the page: an action asks again under lock.
    """
    setting = setting_of(site, at)
    client = client_facts(client_id, setting, but=None if replaces is None else replaces.pk)
    joined = None if replaces is None else seam_of(replaces, sig, setting)
    found = order_findings(sig, medication_facts(medication), client, setting, joined)
    return list(worst_first([*found, *sig_findings(sig, medication, site, at)]))


def seam_of(old: Order, sig: Sig, setting: Setting) -> Seam | None:
    """Where a change of this order to ``sig`` would take over; None where the schedule is not one. One query."""
    schedule, _ = read_schedule(sig.schedule)
    if schedule is None:
        return None
    since, until = old.span
    version = Version(from_json(old.schedule), old.time_critical, old.anchor, since, until)
    rows = Administration.objects.filter(order=old, due_at__isnull=False, corrected_by=None).exclude(outcome=UNDONE)
    charted = {due for due in rows.values_list("due_at", flat=True) if due is not None}
    return seam(version, schedule, charted, at=setting.at, tz=setting.tz, windows=setting.policy.windows)


def said_order(order: Order) -> str:
    """'Ibuprofen 400 mg as needed, every 6 h, at most 4 in 24 h'."""
    schedule = from_json(order.schedule)
    top = "" if order.dose_max is None else f" to {say_amount(order.dose_max, order.unit)}"
    amount = "" if isinstance(schedule, Taper) else f" {say_amount(order.dose, order.unit)}{top}"
    return f"{order.medication.shown}{amount} {describe(schedule)}"


def say_steps(taper: Taper, unit: str) -> str:
    """'40 mg for 2 days, then 20 mg for 1 day'."""
    steps = (f"{say_amount(s.amount, unit)} for {s.days} {'day' if s.days == 1 else 'days'}" for s in taper.steps)
    return ", then ".join(steps)


def _standing(order: Order) -> Standing:
    return Standing(said_order(order), order.medication.ingredient_names, order.medication.drug_class.casefold())


def _timed(order: Order) -> tuple[Schedule, datetime]:
    return from_json(order.schedule), order.anchor
