"""People at their tablets: real sessions over real HTTP, who send the same request again where no answer comes."""

import contextlib
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from itertools import count, cycle
from threading import Event, Thread
from urllib.parse import urlencode
from uuid import uuid4

from tests.faults.cluster import HOST
from tests.faults.logs import ODD, Asked, Log, Try, now
from tests.faults.world import TOKEN, Dose, Shift

PATIENCE = 25.0  # seconds a tablet waits for an answer
SLOWEST = 2.0  # seconds between two sendings
Body = Mapping[str, object]


@dataclass
class Load:
    """When the tablets act: while ``going`` is set. ``over`` ends them."""

    shift: Shift
    ports: Callable[[], Sequence[int]]
    log: Log
    going: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)


@dataclass(frozen=True)
class Answer:
    """What came back; the body as text."""

    status: int | None
    text: str = ""
    place: str = ""  # where it leads (HX-Redirect, Location)


class Tablet:
    """One person, one session; ``first`` is the process they speak to while it answers."""

    def __init__(self, load: Load, who: str, name: str, first: int = 0, pause: float = 0.3) -> None:
        self.load, self.who, self.name, self.first, self.pause = load, who, name, first, pause
        self.dice = random.Random(name)
        self.busy = Event()
        self.failed: BaseException | None = None
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._connections: dict[int, HTTPConnection] = {}

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Wait until it ended."""
        self._thread.join(PATIENCE * 2)

    def work(self) -> Iterator[None]:
        """One act after the other; a pause after each ``yield``. Subclasses say which."""
        raise NotImplementedError

    def _run(self) -> None:
        try:
            doing = self.work()
            while not self.load.over.is_set():
                if not self.load.going.wait(0.1):
                    continue
                self.busy.set()
                if not self.load.going.is_set():
                    self.busy.clear()
                    continue
                next(doing)  # StopIteration: there was not enough to do, and the test says so
                self.busy.clear()
                self.load.over.wait(self.pause * self.dice.uniform(0.5, 1.5))
        except BaseException as error:
            self.failed = error
            self.busy.clear()
            raise

    # Sending

    def get(self, address: str, tries: int = 0) -> Answer:
        """Read a page once; it is written down."""
        answer, tried = self._send("GET", address, None, self._port(tries))
        self.load.log.look(address, tried)
        return answer

    def read(self, address: str) -> Answer:
        """Read a page until it answers, or the load is over."""
        tries = count()
        for answer in self._until(lambda: self.get(address, next(tries))):
            if answer.status == 200:
                return answer
        return Answer(None)

    def act(self, verb: str, address: str, key: str, what: Body, body: Body, *, api: bool = False) -> Asked:
        """Send it until it is answered; the same key each time."""
        asked = self.load.log.add(Asked(self.name, verb, key, what))

        def once() -> Answer:
            answer, tried = self._send("POST", address, body, self._port(len(asked.tries)), api=api)
            asked.tries.append(tried)
            return answer

        for answer in self._until(once):
            if answer.status is not None and answer.status < 500:
                if api and answer.status < 300:
                    asked.said = json.loads(answer.text)
                break
        return asked

    def _until(self, once: Callable[[], Answer]) -> Iterator[Answer]:
        pause = 0.2
        while True:
            yield once()
            if self.load.over.wait(pause * self.dice.uniform(0.5, 1.0)):
                return
            pause = min(SLOWEST, pause * 2)

    def _port(self, tries: int) -> int:
        """The first process; after no answer the next one, in turns."""
        ports = self.load.ports()
        return ports[(self.first + tries) % len(ports)]

    def _send(
        self, method: str, address: str, body: Body | None, port: int, *, api: bool = False
    ) -> tuple[Answer, Try]:
        headers = {"Cookie": self.load.shift.cookies[self.who], "X-CSRFToken": TOKEN}
        if api:
            headers |= {"Content-Type": "application/json", "Accept": "application/json"}
        elif body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        sent = None if body is None else json.dumps(body) if api else urlencode(body, doseq=True)
        began, status, text, place = now(), None, "", ""
        try:
            connection = self._connections.setdefault(port, HTTPConnection(HOST, port, timeout=PATIENCE))
            connection.request(method, address, sent, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            status, place = answer.status, answer.headers.get("HX-Redirect") or answer.headers.get("Location") or ""
        except (OSError, HTTPException):  # nobody there, or the connection died in the middle
            self._connections.pop(port).close()
        wrong = status is None or status >= 400
        return Answer(status, text, place), Try(port, began, now(), status, text[:ODD] if wrong else "")


def sign_in(port: int, login: str, password: str) -> tuple[int, str]:
    """Send the sign-in form to a process; the status and the page."""
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
    }
    with contextlib.closing(connection):
        connection.request("POST", "/accounts/login/", urlencode({"login": login, "password": password}), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")


class Nurse(Tablet):
    """Charts doses through the JSON API, one at a time, so slowly that there are enough for the whole load."""

    def __init__(
        self, load: Load, name: str, doses: Iterable[Dose], who: str = "nurse", first: int = 0, pause: float = 1.0
    ) -> None:
        super().__init__(load, who, name, first, pause)
        self.doses = iter(doses)

    def work(self) -> Iterator[None]:
        for number, dose in enumerate(self.doses):
            key, taken = str(uuid4()), number % 5 != 4
            what = {
                "order": dose.order_id, "due": dose.due_at, "outcome": "given" if taken else "refused",
                "amount": "100" if taken else None, "by": self.load.shift.people[self.who],
            }  # fmt: skip
            body = {
                "key": key, "order_id": dose.order_id, "due_at": dose.due_at.isoformat(), "client_id": dose.client_id,
                "identifiers": ["wristband"], "outcome": what["outcome"],
            }  # fmt: skip
            body |= {"amount": "100", "unit": "mg"} if taken else {"reason": "nausea"}
            self.act("dose", "/api/emar/administrations", key, what, body, api=True)
            yield


class Tapping(Nurse):
    """Charts doses by the buttons of the pass."""

    def work(self) -> Iterator[None]:
        shift, known = self.load.shift, 0
        for dose in self.doses:
            if dose.client_id != known:
                address = f"/pass/{shift.unit_id}/{shift.minute}/{dose.client_id}/verify/"
                tries = count()
                for answer in self._until(lambda: self._verify(address, next(tries))):  # noqa: B023
                    if answer.status is not None and answer.status < 400:
                        break
                known = dose.client_id
            what = {
                "order": dose.order_id, "due": dose.due_at, "outcome": "given", "amount": "100",
                "by": shift.people[self.who],
            }  # fmt: skip
            body = {"key": dose.form, "outcome": "given", "amount": "100", "unit": "mg"}
            self.act("dose", f"/pass/orders/{dose.order_id}/{dose.minute}/chart/", dose.form, what, body)
            yield

    def _verify(self, address: str, tries: int) -> Answer:
        answer, tried = self._send("POST", address, {"by": ["name", "birth_date"]}, self._port(tries))
        self.load.log.look(address, tried)
        return answer


class Intake(Tablet):
    """Holds beds and lets them go, and moves two people to and fro."""

    def work(self) -> Iterator[None]:
        shift = self.load.shift
        holds = cycle(zip(shift.waiting, shift.free, strict=False))
        turns = cycle([0, 1])
        at = list(shift.movers)
        while True:
            request, bed = next(holds)
            key = str(uuid4())
            what = {"bed": bed, "client": shift.waits[request]}
            until = f"{now() + timedelta(days=2):%Y-%m-%dT18:00}"
            held = self.act(
                "hold", f"/beds/{bed}/hold/", key, what, {"key": key, "of": "", "request": request, "until": until}
            )
            yield
            turn = next(turns)
            old, new = at[turn]
            stay = _number(self.read(f"/beds/{old}/").text, r"\?move=(\d+)")
            if stay:
                key = str(uuid4())
                moved = self.act(
                    "move", f"/beds/{new}/move/", key, {"bed": new, "stay": stay}, {"key": key, "move": stay}
                )
                if moved.answered:
                    at[turn] = (new, old)
            yield
            if held.answered:
                hold = _number(self.read(f"/beds/{bed}/release/").text, r'name="of" value="(\d+)"')
                key = str(uuid4())
                self.act("release", f"/beds/{bed}/release/", key, {"bed": bed, "hold": hold}, {"key": key, "of": hold})
            yield


class Lead(Tablet):
    """Takes and changes the attendance of a group."""

    def work(self) -> Iterator[None]:
        shift = self.load.shift
        versions = dict.fromkeys(shift.members, 0)
        for status in cycle(["here", "absent"]):
            for member in shift.members:
                key = str(uuid4())
                what = {
                    "session": shift.session_id,
                    "client": member,
                    "status": status,
                    "version": versions[member] + 1,
                }
                body = {"key": key, f"m{member}-status": status, f"m{member}-seen_version": versions[member]}
                marked = self.act("mark", f"/groups/{shift.session_id}/attendance/{member}/", key, what, body)
                versions[member] += marked.answered
                yield


class Reader(Tablet):
    """Opens pages, as everybody does."""

    def work(self) -> Iterator[None]:
        shift = self.load.shift
        pages = {
            "nurse": [f"/pass/{shift.unit_id}/{shift.minute}/?client={shift.doses[0].client_id}", "/"],
            "intake": ["/beds/", "/admissions/"],
            "lead": [f"/groups/{shift.session_id}/", "/groups/"],
        }
        for who, address in cycle([(who, address) for who, each in pages.items() for address in each]):
            self.who, self.first = who, self.first + 1
            self.get(address)
            yield


def _number(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0
