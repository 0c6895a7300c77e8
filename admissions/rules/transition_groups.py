"""Groups on a step: what is open follows the program, what is by choice is chosen, and what the coming week comes to. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from groups.rules.minutes import Interval, say_minutes, union_minutes


@dataclass(frozen=True)
class GroupNow:
    """A group of either program: ``serves`` the one that is entered; ``by_choice`` only who is chosen comes; ``mine`` this client
    is chosen now. ``taken`` of ``most`` places are given by choice. ``meetings`` are those of the seven days after the step."""

    pk: int
    name: str
    serves: bool
    by_choice: bool
    mine: bool = False
    taken: int = 0
    most: int = 0
    meetings: tuple[Interval, ...] = ()

    @property
    def said(self) -> str:
        """'Day group, 3 meetings in the coming week'."""
        count = len(self.meetings)
        return f"{self.name}, {count or 'no'} meeting{'' if count == 1 else 's'} in the coming week"

    @property
    def full(self) -> str:
        """'12 of 12 places are given.', '' where there is room or the client is in it."""
        return f"{self.taken} of {self.most} places are given." if not self.mine and self.taken >= self.most > 0 else ""


def options(group: GroupNow) -> tuple[tuple[str, str, str], ...]:
    """What may become of a group by choice: value, label and what will be; the first is the default."""
    if not group.serves:
        return (("leave", "Leave it", "is left: it does not serve the new program"),)
    if group.mine:
        return (("stay", "Goes on", "goes on in it"), ("leave", "Leave it", "is left at the step"))
    return (("no", "Not joined", "is not joined"), ("join", "Join it", "joined at the step"))


def joined(groups: Iterable[GroupNow], chosen: Collection[int]) -> list[GroupNow]:
    """The groups a client comes to after the step: the open ones of the program, and those by choice that are ``chosen``."""
    return [each for each in groups if each.serves and (not each.by_choice or each.pk in chosen)]


def week_words(groups: Iterable[GroupNow], minimum: int, before: str) -> tuple[str, str]:
    """The coming week against the minimum (minutes; 0: none is asked for), in words; and by how much it is short ('': it is not).

    Source of the minimum: the packs of the site, the program and the payer (``groups.queries.week.stands``).
    """
    minutes = union_minutes(interval for each in groups for interval in each.meetings)
    planned = f"groups of the coming seven days come to {say_minutes(minutes)}"
    was = f"(before: {before or 'no weekly minimum'})"
    if not minimum:
        return f"no weekly minimum {was}; {planned}", ""
    asked = f"{minimum / 60:g} h a week {was}"
    if minutes >= minimum:
        return f"{asked}; {planned}: met", ""
    lacks = say_minutes(minimum - minutes)
    return f"{asked}; {planned}: {lacks} short", f"{lacks} of the new weekly minimum are not planned."
