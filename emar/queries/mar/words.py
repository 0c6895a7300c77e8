"""An order, a mark and a signature as they stand on a medication record."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal

from emar.models import Administration, Order, VerbalOrder
from emar.queries.known import Due, end_known
from emar.queries.mar.rows import Signer
from emar.rules.administration import REASONS, SCALES, Outcome, say_amount
from emar.rules.schedule import AsNeeded, Schedule, Taper, describe, from_json, say_gap
from emar.rules.windows import Timing
from staff.models import Person

LATE_ENTRY = "dose.late_entry"


def say_when(moment: datetime, tz: tzinfo) -> str:
    """'7 Nov 08:00'; the second of two equal times of a night says so."""
    local = moment.astimezone(tz)
    return f"{local:%-d %b %H:%M}" + (" (second time)" if local.fold else "")


def title_of(order: Order) -> str:
    """'Chlordiazepoxide 50 mg', 'Ibuprofen 400 to 600 mg'; a taper its name alone, as its lines have the amounts."""
    name = order.medication.shown
    if isinstance(from_json(order.schedule), Taper):
        return name
    if order.dose_max is None:
        return f"{name} {say_amount(order.dose, order.unit)}"
    return f"{name} {say_amount(order.dose, '').strip()} to {say_amount(order.dose_max, order.unit)}"


def sig_of(order: Order) -> str:
    """'Capsule by mouth · daily at 08:00 · with food · for anxiety'."""
    schedule = from_json(order.schedule)
    parts = [f"{order.medication.form} {order.route}".strip().capitalize(), _times(order, schedule), order.instructions]
    parts += [limit.words for limit in order.limits]
    parts.append(f"For {order.indication[0].lower()}{order.indication[1:]}" if order.indication else "")
    return " · ".join(part for part in parts if part)


def _times(order: Order, schedule: Schedule) -> str:
    if not isinstance(schedule, AsNeeded):
        return describe(schedule)
    most = f" or {say_amount(order.most_in_24h, order.most_unit)}" if order.most_in_24h else ""
    return f"as needed, every {say_gap(schedule.min_gap)}, at most {schedule.max_in_24h} times{most} in 24 h"


def flags_of(order: Order) -> tuple[str, ...]:
    """What is minded about a medication, in short words."""
    drug = order.medication
    flags = (
        (f"C-{drug.dea_schedule}", drug.dea_schedule), ("High alert", drug.high_alert),
        ("Time-critical", order.time_critical), ("Witness", order.witness == "required"),
    )  # fmt: skip
    return tuple(words for words, holds in flags if holds)


def ordered_by(order: Order, verbal: VerbalOrder | None, at: datetime) -> str:
    """'MD Okoye', or whose word was taken down by whom, and whether it is co-signed as known at ``at``."""
    if verbal is None:
        return order.by.signature
    cosign = getattr(verbal, "cosign", None)
    signed = "co-signed" if cosign is not None and cosign.at <= at else "not co-signed"
    return f"{verbal.prescriber.signature}, {verbal.get_heard_display().lower()}, taken down by {verbal.by.signature}, {signed}"


def period_of(order: Order, at: datetime, tz: tzinfo) -> str:
    """'From 1 Nov 08:00 to 8 Nov 08:00', 'From 1 Nov 08:00'."""
    end = end_known(order, at)
    return f"From {say_when(order.started_at, tz)}" + ("" if end is None else f" to {say_when(end, tz)}")


def state_of(order: Order, at: datetime, tz: tzinfo, *, replaced: bool) -> str:
    """What became of it as known at ``at``: 'Changed 7 Nov 09:10: rash', 'Stopped ...', 'Ended 8 Nov 08:00', ''."""
    stopped, end = order.stopped_at, end_known(order, at)
    if stopped is not None and stopped <= at:
        verb = "Changed" if replaced else "Stopped"
        return f"{verb} {say_when(stopped, tz)}" + (f": {order.stopped_why}" if order.stopped_why else "")
    return f"Ended {say_when(end, tz)}" if end is not None and end <= at else ""


def reason_of(row: Administration) -> str:
    """Why it was charted so: the coded reason, the reasons to go past findings, and the note."""
    coded = dict(REASONS.get(Outcome(row.outcome), ())).get(row.reason, "")
    return " · ".join(dict.fromkeys(part for part in (coded, *row.reasons.values(), row.note) if part))


def said_of(dose: Due, tz: tzinfo) -> str:
    """'Refused 08:12', 'Part given 08:40: 25 mg, 40 min late', with what was corrected and the late entry."""
    row = dose.mark
    assert row is not None
    words = _charted(row, tz)
    if dose.timing is not Timing.ON_TIME:
        words += f", {abs(dose.minutes)} min {dose.timing.value}"
    return words + entered(row, tz)


def entered(row: Administration, tz: tzinfo) -> str:
    """', entered 09:02' of a late entry; '. Before: given 08:05 by RN Cole' of a correction; '' of neither."""
    words = f", entered {say_when(row.recorded_at, tz)}" if LATE_ENTRY in row.reasons else ""
    old = row.corrects
    if old is not None and corrected(row):
        before = _charted(old, tz)
        words += f". Before: {before[0].lower()}{before[1:]}, by {old.by.signature}"
    return words


def corrected(row: Administration) -> bool:
    """Whether it corrects a mark; charting a dose anew after an undone entry corrects nothing."""
    return row.corrects is not None and row.corrects.outcome != "undone"


def _charted(row: Administration, tz: tzinfo) -> str:
    amount = "" if row.amount is None or row.outcome == Outcome.GIVEN else f": {say_amount(row.amount, row.unit)}"
    where = f", {row.body_site}" if row.body_site else ""
    return f"{Outcome(row.outcome).label if row.outcome != 'undone' else 'Undone'} {say_when(row.given_at, tz)}{amount}{where}"


class Initials:
    """Two letters a person, a number after them where two people share letters; who signs first keeps the plain ones."""

    def __init__(self) -> None:
        """Nobody has signed yet."""
        self.given: dict[int, Signer] = {}

    def of(self, who: Person) -> str:
        """The initials of a person in this record."""
        if who.pk not in self.given:
            same = sum(signer.initials.rstrip("0123456789") == who.initials for signer in self.given.values())
            initials = who.initials if not same else f"{who.initials}{same + 1}"
            self.given[who.pk] = Signer(initials, who.name, who.credentials)
        return self.given[who.pk].initials

    def all(self) -> tuple[Signer, ...]:
        """The legend, by initials."""
        return tuple(sorted(self.given.values(), key=lambda signer: signer.initials))


def score(scale: str, value: Decimal | None) -> str:
    """'pain 7', 'CIWA-Ar 12'; '' where none was taken."""
    name = SCALES[scale][0] if scale in ("ciwa_ar", "cows") else scale  # a name of its own, or a word
    return "" if value is None else f"{name} {say_amount(value, '')}".strip()


def witnessed(row: Administration, initials: Initials) -> str:
    """'KO', or 'KO/AA' with a witness."""
    own = initials.of(row.by)
    return own if row.witnessed_by is None else f"{own}/{initials.of(row.witnessed_by)}"


def versions(orders: Iterable[Order]) -> Mapping[int, tuple[str, datetime, int]]:
    """How versions of one order stand together: by name, then by when the first of them that is here began."""
    by_pk = {order.pk: order for order in orders}

    def root(order: Order) -> Order:
        while order.replaces_id in by_pk:
            order = by_pk[order.replaces_id]
        return order

    found = {}
    for order in by_pk.values():
        first = root(order)
        found[order.pk] = (first.medication.name.casefold(), first.started_at, first.pk)
    return found
