"""What a step touches, line by line: what is, what may be chosen, and what follows from each choice. Pure.

A line has a ``key`` that stands on the page and in the draft, and a ``mark`` that says in which state it was seen: where the mark is
another one under the locks of the act, somebody looks again. Source: facts/levels-of-care.md 5.3 and 1.4.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from admissions.rules.transition_groups import GroupNow, joined, options, week_words
from asam.rules.transition_kinds import Kind
from audit.rules.findings import Finding


@dataclass(frozen=True)
class Side:
    """A program a client leaves or enters: ``setting`` is the first digit of its level, 0 where it is none of ours."""

    name: str
    level: str
    setting: int
    week: str = ""  # '9 h a week'; '' where nothing is asked for
    minutes: int = 0  # the same in minutes


@dataclass(frozen=True)
class BedNow:
    """The bed they have. ``lives``: it is of a recovery residence."""

    stay: int
    name: str
    lives: bool


@dataclass(frozen=True)
class BedOffer:
    """A bed they could move to, and what stands against it that may be gone past with a reason."""

    pk: int
    name: str
    lives: bool
    findings: tuple[Finding, ...] = ()

    @property
    def says(self) -> str:
        """The findings in words."""
        return "; ".join(each.message for each in self.findings)


@dataclass(frozen=True)
class OrderNow:
    """A running order: ``due`` says whether the clock asks for it, ``own`` that the client handles it already."""

    pk: int
    said: str
    own: bool
    due: bool
    controlled: bool
    plain: bool  # a new dose can be written in one step
    held: bool = False


@dataclass(frozen=True)
class DoseNow:
    """A dose of an order around the step: due already and not charted (``open``), or due in the next hours."""

    order: int
    key: str
    said: str
    open: bool


@dataclass(frozen=True)
class StockNow:
    """What of their own is kept: the line of the ledger, how much is in it, and the other places it could go to."""

    pk: int
    said: str
    amount: str
    controlled: bool
    places: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything a step touches at one instant. ``gap`` is what does not fit between the payer and the new level ('': all fits)."""

    left: Side
    entered: Side
    at: datetime
    bed: BedNow | None = None
    beds: tuple[BedOffer, ...] = ()
    orders: tuple[OrderNow, ...] = ()
    doses: tuple[DoseNow, ...] = ()
    stock: tuple[StockNow, ...] = ()
    groups_left: tuple[str, ...] = ()
    groups_joined: tuple[str, ...] = ()
    groups_kept: tuple[str, ...] = ()
    first_group: str = ""
    groups: tuple[GroupNow, ...] = ()
    plan: int = 0  # the version that counts, 0: none
    gap: str = ""
    paid: str = ""
    needs_residence: bool = False

    @property
    def out(self) -> bool:
        """True where the client leaves residential or hospital care."""
        return self.left.setting > 2 >= self.entered.setting


@dataclass(frozen=True)
class Option:
    """One thing to choose: ``after`` says what will be, ``asks`` what else is to be said (reason, bed, dose, place, name)."""

    value: str
    label: str
    after: str
    asks: str = ""


@dataclass(frozen=True)
class Choice:
    """What somebody chose for a line."""

    choice: str
    reason: str = ""
    value: str = ""


@dataclass(frozen=True)
class Line:
    """One line to settle. ``default`` '' means that a person has to choose. ``picks`` are the beds or places on offer (value and
    words), ``warned`` those of them that ask for a reason, and why."""

    key: str
    kind: Kind
    what: str
    options: tuple[Option, ...]
    default: str
    mark: str = ""
    subject_kind: str = ""
    subject_id: int = 0
    loud: str = ""
    picks: tuple[tuple[str, str], ...] = ()
    warned: tuple[tuple[str, str], ...] = ()

    def option(self, value: str) -> Option | None:
        """The option of that name."""
        return next((each for each in self.options if each.value == value), None)


Settled = Mapping[str, Choice]
NOTHING: Settled = MappingProxyType({})
NO = Choice("")


def words_of(line: Line, said: Choice) -> str:
    """What becomes of a line, in words; '' where nothing was chosen."""
    option = line.option(said.choice)
    if option is None:
        return ""
    if option.asks in ("bed", "place"):
        return f"{option.after.partition(' chosen here')[0]} {dict(line.picks).get(said.value, '')}".strip()
    if option.asks == "dose":
        return f"{option.after}: {said.value.strip()}" if said.value.strip() else option.after
    if option.asks == "name":
        return f"{option.after} as {said.value.strip()}" if said.value.strip() else option.after
    return option.after


def lines(facts: Facts, settled: Settled = NOTHING) -> tuple[Line, ...]:
    """Every line of a step, in the order of the page. What depends on another choice (a dose on its order) is asked of ``settled``."""
    found = [_placement(facts), _bed(facts)]
    chosen = fit((found[1],), settled)["bed"]
    sleeps = chosen.choice in ("keep", "move", "take")
    orders = [_order(each, facts, sleeps=sleeps) for each in facts.orders]
    what = fit(tuple(orders), settled)
    doses = [_dose(each, facts, what.get(f"order-{each.order}", NO).choice) for each in facts.doses]
    stays = any(each.choice in ("continue", "change", "rewrite") for each in what.values()) or sleeps
    return (
        *found, *orders, *doses, *(_stock(each, stays=stays) for each in facts.stock),
        *_groups(facts, settled), _plan(facts),
        _consent(), _paid(facts), *_residence(facts, chosen),
    )  # fmt: skip


def fit(asked: tuple[Line, ...], settled: Settled) -> dict[str, Choice]:
    """The choice of each line: what was settled where the line offers it, else the default."""
    found = {}
    for line in asked:
        said = settled.get(line.key, NO)
        found[line.key] = said if line.option(said.choice) else Choice(line.default, said.reason, said.value)
    return found


def _placement(facts: Facts) -> Line:
    left, entered = facts.left, facts.entered
    after = f"{left.name} ({left.level}) ends, {entered.name} ({entered.level}) begins"
    return Line(
        "placement",
        Kind.PLACEMENT,
        f"{left.name}, {left.level}",
        (Option("step", f"Step to {entered.name}", after),),
        "step",
    )


def _bed(facts: Facts) -> Line:
    bed, picks = facts.bed, tuple((str(each.pk), each.name) for each in facts.beds)
    warned = tuple((str(each.pk), each.says) for each in facts.beds if each.findings)
    go, label = ("take", "Take a bed") if bed is None else ("move", "Move to another bed")
    to = (Option(go, label, "has the bed chosen here", "bed"),) if picks else ()
    if bed is None:
        none = Option("none", "No bed", "sleeps elsewhere, no bed here")
        return Line("bed", Kind.BED, "No bed", (none, *to), "none", "none", picks=picks, warned=warned)
    free = Option("free", "Free it", f"{bed.name} is cleaned, then free")
    keep = Option("keep", "Keep it", f"goes on living in {bed.name}" if bed.lives else f"{bed.name} is kept as housing")
    default = "keep" if bed.lives or facts.entered.setting > 2 else "free"
    return Line(
        "bed", Kind.BED, bed.name, (free, keep, *to), default, str(bed.stay), "beds.BedStay", bed.stay, "", picks, warned
    )  # fmt: skip


def _order(order: OrderNow, facts: Facts, *, sleeps: bool) -> Line:
    where = "with the client, as before" if order.own else "on the pass where the client is met"
    found = [Option("continue", "Goes on", f"goes on unchanged, {where}")]
    if order.plain:
        found.append(Option("change", "New dose", "changed at the step to the dose written here", "dose"))
    found.append(
        Option("rewrite", "Stop and write anew", "stops; a prescriber is asked at once to write the changed order")
    )
    found.append(Option("stop", "Stop", "stops at the step", "reason"))
    if not order.own:
        asks = "reason" if order.controlled else ""  # why the client may have it unwatched
        found.append(Option("self", "To the client", "the client handles it themselves from the step on", asks))
    default = "self" if not order.own and not order.controlled and facts.out and not sleeps else "continue"
    loud = "On hold: the hold goes along." if order.held else ""
    return Line(
        f"order-{order.pk}", Kind.ORDER, order.said, tuple(found), default, "held" if order.held else "runs", "emar.Order",
        order.pk, loud,
    )  # fmt: skip


_FOLLOWS = {
    "continue": ("carry", "Carried along", "is due on the pass where the client is met"),
    "change": ("carry", "Carried along", "is due there, as the changed order reads"),
    "self": ("handed", "Handed over", "is the client's own to take, handed over with the order"),
    "rewrite": ("falls", "Falls away", "is not due any more: the order stops"),
    "stop": ("falls", "Falls away", "is not due any more: the order stops"),
}


def _dose(dose: DoseNow, facts: Facts, order: str) -> Line:
    value, label, after = _FOLLOWS.get(order, _FOLLOWS["continue"])
    found = [Option(value, label, after)]
    if dose.open:
        found.append(Option("before", "Given before", "is charted before the step: the step waits for it"))
    loud = "Due now and not charted." if dose.open else ""
    return Line(
        f"dose-{dose.order}-{dose.key}", Kind.DOSE, dose.said, tuple(found), value, "", "emar.Order", dose.order, loud
    )


def _stock(line: StockNow, *, stays: bool) -> Line:
    found = [
        Option("stay", "Stays here", f"{line.amount} stay where they are counted"),
        Option("hand", "To the client", f"{line.amount} handed to the client, who signs", "name"),
    ]
    if line.places:
        found.append(Option("move", "To another place", f"{line.amount} moved to the place chosen here", "place"))
    kind = Kind.STOCK if line.controlled else Kind.OWN
    return Line(
        f"stock-{line.pk}", kind, f"{line.said}: {line.amount}", tuple(found), "stay" if stays else "hand", line.amount,
        "emar.StockLine", line.pk, picks=line.places,
    )  # fmt: skip


def _groups(facts: Facts, settled: Settled) -> Iterator[Line]:
    """One line for the open groups, one for each by choice, one for the hours that come of them."""
    names = {"leave": facts.groups_left, "join": facts.groups_joined, "stay": facts.groups_kept}
    said = "; ".join(f"{verb}: {', '.join(each)}" for verb, each in names.items() if each) or "no groups on either side"
    first = f"; the first one is {facts.first_group}" if facts.first_group else "; none is planned yet"
    what = ", ".join((*facts.groups_left, *facts.groups_kept)) or "No groups"
    option = Option("follow", "Follow the program", f"{said}{first}")
    yield Line("groups", Kind.GROUP, what, (option,), "follow", said)
    choices = tuple(_group(each) for each in facts.groups if each.by_choice)
    yield from choices
    chosen = {line.subject_id for line in choices if fit((line,), settled)[line.key].choice in ("join", "stay")}
    words, short = week_words(joined(facts.groups, chosen), facts.entered.minutes, facts.left.week)
    hours = Option("planned", "As planned", words)
    yield Line("week", Kind.GROUP, "Hours of groups in a week", (hours,), "planned", loud=short)


def _group(group: GroupNow) -> Line:
    found = tuple(Option(*each) for each in options(group))
    mark = "chosen" if group.mine else "open"
    return Line(
        f"group-{group.pk}", Kind.GROUP, f"By choice: {group.said}", found, found[0].value, mark, "groups.Series", group.pk,
        group.full,
    )  # fmt: skip


def _plan(facts: Facts) -> Line:
    if not facts.plan:
        none = Option(
            "none",
            "Nothing to review",
            "no plan counts: the first one is asked for by the deadlines of the new program",
        )
        return Line("plan", Kind.PLAN, "No signed plan", (none,), "none", "0")
    ask = Option(
        "ask", "Ask for the review", f"version {facts.plan} goes on, and its review for the new level is a task"
    )
    return Line("plan", Kind.PLAN, f"Treatment plan, version {facts.plan}", (ask,), "ask", str(facts.plan))


def _consent() -> Line:
    found = (
        Option("checked", "Looked at again", "who may be told, the receiving program too, was looked at again"),
        Option("later", "Not yet", "a task says so: the plan's review, or one of its own"),
    )
    return Line("consent", Kind.CONSENT, "Who may be told, at the new level", found, "later")


def _paid(facts: Facts) -> Line:
    what = facts.paid or "Nothing authorised is on record"
    if not facts.gap:
        return Line(
            "paid",
            Kind.AUTHORISATION,
            what,
            (Option("covered", "Go on", "nothing stands against it"),),
            "covered",
            "fits",
        )
    goes = Option("without", "Go on without", "goes on although it does not fit; the payer is asked", "reason")
    return Line("paid", Kind.AUTHORISATION, what, (goes,), "without", "gap", loud=facts.gap)


def _residence(facts: Facts, bed: Choice) -> Iterator[Line]:
    """Ratings that asked for a residence were hidden while a residential level gave it: out of 3.x they count again (5.1)."""
    if not facts.out:
        return
    lives = {str(each.pk): each.lives for each in facts.beds}
    there = (bed.choice == "keep" and facts.bed is not None and facts.bed.lives) or (
        bed.choice in ("move", "take") and lives.get(bed.value, False)
    )
    found = [
        Option("elsewhere", "Lives elsewhere", "lives where the reason says", "reason"),
        Option("not_needed", "Not needed", "no residence is needed", "reason" if facts.needs_residence else ""),
    ]
    if there:
        found.insert(0, Option("here", "In our residence", "lives in the bed of our residence"))
    need = (
        "The ratings ask for a recovery residence"
        if facts.needs_residence
        else "The ratings ask for no recovery residence"
    )
    default = "here" if there else "" if facts.needs_residence else "not_needed"
    loud = need + "." if facts.needs_residence and not there else ""
    yield Line("residence", Kind.RESIDENCE, need, tuple(found), default, str(facts.needs_residence), loud=loud)
