"""Holds what the clients wrote down against the database. It knows the tables, and nothing of the product's code.

Every function answers sentences, one for each thing that is wrong; none is well.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from tests.faults.logs import Asked

Connection = psycopg.Connection[Any]
Row = dict[str, Any]
SLACK = timedelta(seconds=2)
FOREVER = datetime.max.replace(tzinfo=UTC)
CHAINED = (
    "id", "at", "recorded_at", "verb", "by_id", "by_name", "as_role", "site_id", "client_id",
    "subject_kind", "subject_id", "summary", "detail", "request_id",
)  # fmt: skip


def check(db: Connection, asked: Sequence[Asked], *, chain: bool = True) -> list[str]:
    """Everything that is wrong: lost, doubled, invented, in two places, missing on the trail, or answered with a refusal."""
    by_verb: defaultdict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        by_verb[each.verb].append(each)
    wrong = doses(db, by_verb["dose"]) + marks(db, by_verb["mark"]) + holds(db, by_verb["hold"], by_verb["release"])
    wrong += moves(db, by_verb["move"]) + apart(db) + trail(db)
    return wrong + (sealed(db) if chain else [])


def rows(db: Connection, statement: str, *values: object) -> list[Row]:
    """Rows as dictionaries."""
    with db.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values or None).fetchall()


# Doses


def doses(db: Connection, asked: Sequence[Asked]) -> list[str]:
    """Each acknowledged dose once, as it was asked; nothing that nobody asked, nothing twice."""
    found: defaultdict[tuple[int, datetime], list[Row]] = defaultdict(list)
    for row in rows(db, "SELECT * FROM emar_administration ORDER BY id"):
        found[row["order_id"], row["due_at"]].append(row)
    wanted: defaultdict[tuple[Any, Any], list[Asked]] = defaultdict(list)
    for each in asked:
        wanted[each.what["order"], each.what["due"]].append(each)
    wrong = [f"Dose {dose} was charted and nobody asked for it." for dose in found.keys() - wanted.keys()]
    for dose, acts in wanted.items():
        there = found.get(dose, [])
        if len(there) > 1:
            wrong.append(f"Dose {dose} is there {len(there)} times.")
        answered = [each for each in acts if each.answered]
        if answered and not there:
            wrong.append(f"Dose {dose} was acknowledged and is lost.")
        if len({each.key for each in answered}) > 1:
            wrong.append(f"Dose {dose} was acknowledged to two people.")
        if there and not any(each.possible for each in acts):
            wrong.append(f"Dose {dose} was refused and is there.")
        for row in there[:1]:
            if not any(_same_dose(row, each) for each in answered or acts):
                wrong.append(f"Dose {dose} is there otherwise than it was asked: {_plain(row)}.")
    return wrong


def _same_dose(row: Row, asked: Asked) -> bool:
    amount = asked.what["amount"]
    same = (
        row["outcome"] == asked.what["outcome"]
        and (None if row["amount"] is None else f"{row['amount']:f}".rstrip("0").rstrip(".")) == amount
        and row["by_id"] == asked.what["by"]
        and row["corrects_id"] is None
    )
    in_time = asked.began - SLACK <= row["given_at"] <= row["recorded_at"] <= asked.ended + SLACK
    return same and in_time and asked.said.get("id", row["id"]) == row["id"]


def _plain(row: Row) -> str:
    names = ("id", "outcome", "amount", "by_id", "given_at", "recorded_at", "corrects_id")
    return ", ".join(f"{name} {row[name]}" for name in names)


# Attendance


def marks(db: Connection, asked: Sequence[Asked]) -> list[str]:
    """Each acknowledged mark once; versions without a hole; the newest is the newest that was asked."""
    wrong = []
    found = rows(db, "SELECT * FROM groups_attendance ORDER BY session_id, client_id, version, id")
    there: Counter[tuple[Any, ...]] = Counter(
        (row["session_id"], row["client_id"], row["version"], row["status"]) for row in found
    )
    wanted: Counter[tuple[Any, ...]] = Counter()
    for each in asked:
        mark = tuple(each.what[name] for name in ("session", "client", "version", "status"))
        wanted[mark] += 1
        if each.answered and there[mark] != 1:
            wrong.append(f"Mark {mark} was acknowledged and is there {there[mark]} times.")
        if not each.possible and there[mark] and wanted[mark] == 1:
            wrong.append(f"Mark {mark} was refused and is there.")
    wrong += [f"Mark {mark} is there and nobody asked for it." for mark in there if mark not in wanted]
    versions: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for row in found:
        versions[row["session_id"], row["client_id"]].append(row["version"])
    for who, numbers in versions.items():
        if numbers != list(range(1, len(numbers) + 1)):
            wrong.append(f"Marks of {who} are numbered {numbers}.")
    return wrong


# Beds


def answer_of(db: Connection, key: str) -> Row | None:
    """What the database keeps of a request with this key."""
    found = rows(db, "SELECT * FROM audit_answer WHERE key = %s", UUID(key))
    return found[0] if found else None


def holds(db: Connection, asked: Sequence[Asked], released: Sequence[Asked]) -> list[str]:
    """Each acknowledged hold once; each that was let go ended then; no hold that nobody asked."""
    wrong, named = [], set()
    found = {row["id"]: row for row in rows(db, "SELECT * FROM beds_hold")}
    for each in asked:
        answer = answer_of(db, each.key)
        row = found.get(answer["pk_answered"]) if answer else None
        if row is not None:
            named.add(row["id"])
        if row is None and each.answered:
            wrong.append(f"The hold of {dict(each.what)} was acknowledged and is lost.")
        elif row is not None and (row["bed_id"], row["client_id"]) != (each.what["bed"], each.what["client"]):
            wrong.append(f"Hold {row['id']} is there otherwise than it was asked: {dict(each.what)}.")
        elif row is not None and not each.possible:
            wrong.append(f"Hold {row['id']} was refused and is there.")
    for each in released:
        row = found.get(int(str(each.what["hold"])))
        if each.answered and (row is None or row["ended_at"] >= row["until"] or row["ended_at"] > each.ended + SLACK):
            wrong.append(f"Hold {each.what['hold']} was let go, says the answer, and is not.")
    let_go = {int(str(each.what["hold"])) for each in released if each.possible}
    wrong += [f"Hold {pk} ended and nobody let it go." for pk, row in found.items() if _early(row) and pk not in let_go]
    return wrong + [f"Hold {pk} is there and nobody asked for it." for pk in found.keys() - named]


def _early(row: Row) -> bool:
    early: bool = row["ended_at"] < row["until"]
    return early


def moves(db: Connection, asked: Sequence[Asked]) -> list[str]:
    """Each acknowledged move ended one stay and began another, of the same person, in the bed that was asked."""
    wrong, made = [], set()
    stays = {row["id"]: row for row in rows(db, "SELECT * FROM beds_bedstay")}
    for each in asked:
        old, answer = stays.get(int(str(each.what["stay"]))), answer_of(db, each.key)
        new = stays.get(answer["pk_answered"]) if answer else None
        if new is not None:
            made.add(new["id"])
        if each.answered and (old is None or new is None or old["ended_at"] is None):
            wrong.append(f"The move of {dict(each.what)} was acknowledged and is lost.")
        elif new is not None and old is not None:
            fits = (new["bed_id"], new["client_id"], new["started_at"]) == (
                each.what["bed"], old["client_id"], old["ended_at"],
            )  # fmt: skip
            if not fits or not each.possible:
                wrong.append(f"Stay {new['id']} is there otherwise than it was asked: {dict(each.what)}.")
    began = min((each.began for each in asked), default=None)
    if began is not None:
        late = {pk for pk, row in stays.items() if row["started_at"] >= began - SLACK}
        wrong += [f"Stay {pk} is there and nobody asked for it." for pk in late - made]
    return wrong


def apart(db: Connection) -> list[str]:
    """No bed has two people at a time or two holds, nobody is in two beds: compared here, not by the database."""
    wrong = []
    for table, what in (("beds_bedstay", "stays"), ("beds_hold", "holds")):
        for column in ("bed_id", "client_id"):
            groups: defaultdict[int, list[Row]] = defaultdict(list)
            for row in rows(db, f"SELECT id, bed_id, client_id, started_at, ended_at FROM {table}"):
                groups[row[column]].append(row)
            for pk, each in groups.items():
                each.sort(key=lambda row: (row["started_at"], row["ended_at"] or FOREVER))
                wrong += [
                    f"{column} {pk} has two {what} at a time: {one['id']} and {two['id']}."
                    for one, two in pairwise(each)
                    if (one["ended_at"] or FOREVER) > two["started_at"]
                ]
    return wrong


# The trail

TOLD = {
    "emar.administer": ("emar.Administration", "SELECT id FROM emar_administration"),
    "groups.mark": ("groups.Attendance", "SELECT id FROM groups_attendance"),
    "beds.hold": ("beds.Hold", "SELECT id FROM beds_hold"),
    "beds.release": ("beds.Hold", "SELECT id FROM beds_hold WHERE ended_at < until"),
}


def trail(db: Connection) -> list[str]:
    """Every row has its event, once; every event has its row."""
    wrong = []
    for verb, (kind, statement) in TOLD.items():
        events = Counter(
            row["subject_id"]
            for row in rows(db, "SELECT subject_id FROM audit_event WHERE verb = %s AND subject_kind = %s", verb, kind)
        )
        there = {row["id"] for row in rows(db, statement)}
        wrong += [f"{verb} {pk} is on the trail {events[pk]} times." for pk in there if events[pk] != 1]
        wrong += [f"{verb} {pk} is on the trail and not there." for pk in events.keys() - there]
    moved = Counter(
        row["subject_id"] for row in rows(db, "SELECT subject_id FROM audit_event WHERE verb = 'beds.move'")
    )
    return wrong + [
        f"The move to stay {pk} is on the trail {times} times." for pk, times in moved.items() if times != 1
    ]


def sealed(db: Connection) -> list[str]:
    """Every event is in the chain, once, and every link is the hash of what it says (docs/decisions/0005-sealing.md)."""
    wrong, before = [], b"\0" * 32
    overrides: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows(db, "SELECT * FROM audit_override ORDER BY id"):
        overrides[row["event_id"]].append(row)
    events = {row["id"]: row for row in rows(db, "SELECT * FROM audit_event")}
    links = rows(db, "SELECT * FROM audit_seal ORDER BY position")
    for place, link in enumerate(links, 1):
        event = events.pop(link["event_id"], None)
        if link["position"] != place:
            wrong.append(f"The chain has no link {place}.")
            break
        if event is None:
            wrong.append(f"Link {place} is of an event that is gone, or was linked before.")
        elif _digest(before, link, event, overrides[event["id"]]) != bytes(link["digest"]):
            wrong.append(f"Link {place} is not the hash of event {event['id']}.")
        before = bytes(link["digest"])
    return wrong + [f"Event {pk} is not in the chain." for pk in events]


def _digest(before: bytes, link: Row, event: Row, overrides: Iterable[Row]) -> bytes:
    said = {name: event[name] for name in CHAINED}
    said |= {name: event[name].astimezone(UTC).isoformat() for name in ("at", "recorded_at")}
    each = list(overrides)
    said["overrides"] = [[row["code"], row["message"], row["reason"], row["second_person_id"]] for row in each]
    if link["version"] != 1:
        at = link["sealed_at"].astimezone(UTC).isoformat()
        said["override_ids"] = [row["id"] for row in each]
        said["seal"] = [link["version"], link["position"], link["event_id"], at]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(before + text.encode()).digest()


# What was answered


def refusals(asked: Sequence[Asked], allowed: Callable[[Asked], bool] = lambda _: False) -> list[str]:
    """The load asks nothing that the rules refuse: a refusal, most of all to a request sent again, is a fault."""
    return [
        f"{each.verb} {dict(each.what)} was refused ({each.tries[-1].status}, try {len(each.tries)}): {each.tries[-1].words[:300]}"
        for each in asked
        if each.tries and each.tries[-1].status in range(300, 500) and not allowed(each)
    ]


def unsealed(db: Connection) -> int:
    """How many events wait for their link."""
    statement = "SELECT count(*) AS many FROM audit_event e LEFT JOIN audit_seal s ON s.event_id = e.id WHERE s.event_id IS NULL"
    many: int = rows(db, statement)[0]["many"]
    return many
