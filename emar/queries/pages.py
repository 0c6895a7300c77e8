"""A client, a pass and a list of passes, as the pages show them: frozen, and complete before a template sees them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from chart.queries.allergies import Allergies
from emar.keys import minute_of
from emar.queries.rows import Away, DoseRow, EffectRow, PrnRow
from emar.queries.withdrawal import Standing
from emar.rules.windows import DoseState
from programs.contributions import Place


@dataclass(frozen=True)
class ClientCard:
    """One client of a unit: who they are, where, what they must not have, and what is due to them."""

    client_id: int
    episode_id: int
    name: str
    short_name: str
    initials: str
    letters: str
    pronouns: str
    born_on: date
    place: Place
    allergies: Allergies
    away: Away | None
    doses: tuple[DoseRow, ...]
    prns: tuple[PrnRow, ...]
    effects: tuple[EffectRow, ...] = ()  # due now, or soon
    here: tuple[str, ...] = ()  # others who have this client open: 'RN Ames'
    scores: tuple[Standing, ...] = ()  # what is scored of them, the soonest due first

    @property
    def open_doses(self) -> tuple[DoseRow, ...]:
        """What is still to be charted."""
        return tuple(dose for dose in self.doses if dose.waits)

    @property
    def score_due(self) -> Standing | None:
        """The first score that is due, or will be soon."""
        return next((each for each in self.scores if each.soon), None)

    @property
    def overdue(self) -> bool:
        """Whether an effect should have been recorded by now."""
        return any(effect.overdue for effect in self.effects)

    @property
    def total(self) -> int:
        """Doses the pass has to account for."""
        return sum(dose.counts for dose in self.doses)

    @property
    def done(self) -> int:
        """Doses with something charted."""
        return sum(dose.mark is not None for dose in self.doses)

    @property
    def late(self) -> int:
        """Doses that wait and are late or missed."""
        return sum(dose.late for dose in self.doses)

    @property
    def waiting(self) -> int:
        """Doses still to be charted."""
        return sum(dose.waits for dose in self.doses)

    @property
    def due_now(self) -> int:
        """Doses still to be charted whose window has opened."""
        return sum(dose.waits and dose.state is not DoseState.UPCOMING for dose in self.doses)

    @property
    def said(self) -> str:
        """How far this client is: '5 due', '2 late, 3 due', '3, 1 held', '4 of 4'."""
        if self.here and self.waiting:
            return f"{' and '.join(self.here)} {'is' if len(self.here) == 1 else 'are'} here"
        if self.away is not None and self.waiting:
            return self.away.words.lower()
        if self.waiting:
            return f"{self.waiting} due" + (f", {self.late} late" if self.late else "")
        if not self.total:
            return "nothing due"
        other = [dose.mark.outcome.past for dose in self.doses if dose.mark and dose.look != "given"]
        if not other:
            return f"{self.done} of {self.total}"
        return ", ".join(
            ([str(self.done - len(other))] if self.done > len(other) else [])
            + [f"{other.count(word)} {word}" for word in dict.fromkeys(other)]
        )

    @property
    def look(self) -> str:
        """The word of the look for the strip."""
        if not self.waiting:
            return "done" if self.total else "none"
        if self.here:
            return "taken"
        return "away" if self.away is not None else "late" if self.late else "due"


@dataclass(frozen=True)
class Run:
    """A pass that was begun: when and by whom, and when somebody finished it."""

    pk: int
    started_at: datetime
    by: str
    ended_at: datetime | None
    ended_by: str


@dataclass(frozen=True)
class PassPage:
    """One pass of one unit, clients in walking order. ``at`` is the pass, ``now`` when it was read (both UTC)."""

    site_id: int
    unit_id: int
    unit: str
    at: datetime
    now: datetime
    clients: tuple[ClientCard, ...]
    run: Run | None = None

    @property
    def waiting(self) -> tuple[ClientCard, ...]:
        """Who still has a dose to be charted, in walking order."""
        return tuple(client for client in self.clients if client.waiting)

    @property
    def open(self) -> int:
        """Doses still to be charted."""
        return sum(client.waiting for client in self.clients)

    @property
    def minute(self) -> int:
        """What names the pass in an address."""
        return minute_of(self.at)

    @property
    def finished(self) -> bool:
        """Whether somebody finished it; what became due since then, or was undone, waits all the same."""
        return self.run is not None and self.run.ended_at is not None

    @property
    def outcomes(self) -> str:
        """'44 given, 2 refused, 1 held', the commonest first."""
        words = Counter(dose.mark.outcome.past for client in self.clients for dose in client.doses if dose.mark)
        return ", ".join(f"{count} {word}" for word, count in words.most_common())

    @property
    def total(self) -> int:
        """Doses to account for."""
        return sum(client.total for client in self.clients)

    @property
    def done(self) -> int:
        """Doses accounted for."""
        return sum(client.done for client in self.clients)

    @property
    def late(self) -> int:
        """Doses that wait and are late or missed."""
        return sum(client.late for client in self.clients)

    def client(self, client_id: int | None) -> ClientCard | None:
        """The client of that id; without one, the first who still waits (with whom nobody is), else the first."""
        if client_id is not None:
            return next((client for client in self.clients if client.client_id == client_id), None)
        return _next_of(self.clients) or (self.clients[0] if self.clients else None)

    def after(self, client: ClientCard) -> ClientCard | None:
        """The next in walking order who still waits, beginning again at the first; None when nobody else does.

        Who has a colleague with them comes last.
        """
        here = self.clients.index(client)
        return _next_of(self.clients[here + 1 :] + self.clients[:here])

    def before(self, client: ClientCard) -> ClientCard | None:
        """The one before in walking order; None for the first."""
        here = self.clients.index(client)
        return self.clients[here - 1] if here else None


def _next_of(clients: tuple[ClientCard, ...]) -> ClientCard | None:
    waiting = [client for client in clients if client.waiting and client.away is None]
    return next((client for client in waiting if not client.here), waiting[0] if waiting else None)


@dataclass(frozen=True)
class PassLine:
    """One pass in the list: how far it is."""

    unit_id: int
    unit: str
    at: datetime
    clients: int
    total: int
    done: int
    late: int
    current: bool
    finished: bool = False

    @property
    def open(self) -> int:
        """Doses still to be charted."""
        return self.total - self.done

    @property
    def minute(self) -> int:
        """What names the pass in an address."""
        return int(self.at.timestamp() // 60)


@dataclass(frozen=True)
class UnitLines:
    """The passes of one unit: ``earlier`` are charted in full and lie before the one around now, ``lines`` all others."""

    unit_id: int
    unit: str
    earlier: tuple[PassLine, ...]
    lines: tuple[PassLine, ...]


def by_unit(lines: Iterable[PassLine]) -> list[UnitLines]:
    """The list of passes unit by unit, in its order."""
    units: dict[int, list[PassLine]] = {}
    for line in lines:
        units.setdefault(line.unit_id, []).append(line)
    return [_unit_lines(rows) for rows in units.values()]


def _unit_lines(rows: list[PassLine]) -> UnitLines:
    now = next((line.at for line in rows if line.current), rows[0].at)
    past = {line.at for line in rows if line.at < now and not line.open}
    return UnitLines(
        rows[0].unit_id, rows[0].unit, tuple(line for line in rows if line.at in past),
        tuple(line for line in rows if line.at not in past),
    )  # fmt: skip
