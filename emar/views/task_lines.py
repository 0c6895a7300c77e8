"""A task and a kind of task, as the page of medication tasks shows them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One task: what, about whom, where it is done; ``pill`` is (tone, words)."""

    title: str
    line: str
    url: str
    act: str
    pill: tuple[str, str] | None = None
    other: tuple[str, str] | None = None  # another place: its address and its word


@dataclass(frozen=True)
class Part:
    """One kind of task, with the rule by which a line comes and goes."""

    slug: str
    title: str
    about: str
    lines: tuple[Line, ...]
    empty: str
