"""In which order do people work, and what is whose? The lines of the one task list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from staff.rules.capabilities import Capability, Role, allows

FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Whose(StrEnum):
    """Whose lines are looked at."""

    MINE = "mine"
    ROLE = "role"
    ALL = "all"

    @property
    def label(self) -> str:
        """As the filter says it."""
        return {Whose.MINE: "Mine", Whose.ROLE: "My role's", Whose.ALL: "Everything here"}[self]


KINDS = {
    "task": "Tasks", "deadline": "Deadlines", "sign": "To sign", "cosign": "To co-sign", "scale": "Scales",
    "medication": "Medication", "group": "Groups",
}  # fmt: skip
"""The words of the filter, by the kind of a line."""


@dataclass(frozen=True)
class Why:
    """The rule behind a line and where it is written."""

    rule: str
    source: str = ""
    citation: str = ""
    sure: str = ""
    beaten: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of the list. ``due_at`` None: no hour is set. ``when`` and ``tone`` are its pill. ``holder_id`` is whose it is alone
    (None: whoever may do it), ``holder`` their name where that is somebody. ``coming``: not due within its warning yet.

    ``task_id`` where it is a raised task, which is finished on its own page; the others end when the thing is done at ``url``.
    """

    kind: str
    client_id: int | None
    client: str
    title: str
    line: str
    due_at: datetime | None
    when: str
    tone: str
    late: bool
    urgent: bool
    coming: bool
    capability: Capability
    url: str
    act: str
    holder_id: int | None = None
    holder: str = ""
    also: Role | None = None
    task_id: int | None = None
    why: Why | None = None


@dataclass(frozen=True)
class Viewer:
    """Who looks: the roles they hold at the site."""

    person_id: int
    site_id: int
    roles: frozenset[Role]

    def may(self, capability: Capability) -> bool:
        """Whether any of the roles carries the capability."""
        return any(allows(role, capability) for role in self.roles)

    @property
    def everything(self) -> bool:
        """Whether they may look at everything that waits at the site: who may open charts."""
        return self.may(Capability.OPEN_CHART)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Urgent first, then what is late, then by its hour; what has no hour last."""
    return sorted(
        lines, key=lambda each: (not each.urgent, not each.late, each.due_at or FAR, each.client, each.kind, each.title)
    )


def belongs(line: Line, whose: Whose, viewer: Viewer) -> bool:
    """Whether a line is on somebody's list.

    Mine: what only I can do or have taken. My role's: that, and what my roles may do and nobody else has; also what has become my
    role's because it is so late. Everything: all of the site, for who may open charts.
    """
    if line.holder_id == viewer.person_id:
        return True
    if whose is Whose.MINE:
        return False
    if whose is Whose.ALL and viewer.everything:
        return True
    if line.also is not None and line.also in viewer.roles:
        return True
    return line.holder_id is None and viewer.may(line.capability)


def chosen(
    lines: Iterable[Line], whose: Whose, viewer: Viewer, *, kind: str = "", coming: bool = False, text: str = ""
) -> list[Line]:
    """The lines of a filter, in the order in which people work. ``coming``: also what is not due soon; ``text``: part of a name."""
    words = text.casefold().split()
    return in_order(
        line
        for line in lines
        if belongs(line, whose, viewer)
        and (not kind or line.kind == kind)
        and (coming or not line.coming)
        and all(word in f"{line.client} {line.title}".casefold() for word in words)
    )
