"""What a group room says when something cannot be done: pure functions from facts to a sentence, times in the site's zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from audit.rules.findings import Finding, stop
from groups.rules.minutes import AttendanceStatus

CLAIM = timedelta(seconds=60)  # how long someone who has begun a part but saved no word keeps it
DASH = "\N{EN DASH}"  # from one time to another
OPENS = timedelta(hours=1)  # how long before the start attendance opens


@dataclass(frozen=True)
class Written:
    """A part as the rule sees it: whose it is, when last saved or begun, and whether a word stands in it."""

    author_id: int | None
    author: str
    text: str
    version: int
    saved_at: datetime | None
    signed_at: datetime | None


def clock(moment: datetime, tz: tzinfo) -> str:
    """'17:48' on the site's wall."""
    return f"{moment.astimezone(tz):%H:%M}"


def day_and_clock(moment: datetime, tz: tzinfo) -> str:
    """'Tue 17:48' on the site's wall."""
    return f"{moment.astimezone(tz):%a %H:%M}"


def too_early(starts_at: datetime, at: datetime, tz: tzinfo) -> list[Finding]:
    """Attendance of a group opens an hour before it starts."""
    if at >= starts_at - OPENS:
        return []
    opens = day_and_clock(starts_at - OPENS, tz)
    return [
        stop(
            "attendance.too_early",
            f"This group starts {day_and_clock(starts_at, tz)}. Mark attendance from {opens} on.",
        )
    ]


def marked_meanwhile(name: str, status: AttendanceStatus, who: str, at: datetime, tz: tzinfo) -> Finding:
    """Someone else was first: who, what and when."""
    word = status.label.lower()
    return stop(
        "attendance.changed",
        f"{who} marked {name} {word} at {clock(at, tz)}. Nothing was changed; mark again if that is wrong.",
        status=status.value,
    )


def not_in_care(name: str) -> Finding:
    """Only people in care are marked."""
    return stop("attendance.not_in_care", f"{name} was in no program when this group met. Admit them first.")


def part_findings(part: Written, by_id: int, at: datetime, tz: tzinfo) -> list[Finding]:
    """What keeps this person from writing this part: it is signed, or it is someone else's."""
    if part.signed_at is not None:
        return [
            stop(
                "part.signed",
                f"{part.author} signed this part at {clock(part.signed_at, tz)} and it is sealed. "
                "Write what is missing as an addendum.",
            )
        ]
    if part.author_id in (None, by_id) or not part.saved_at:
        return []
    if part.text:
        return [
            stop(
                "part.taken",
                f"{part.author} wrote this part, last at {clock(part.saved_at, tz)}. "
                "Ask them to add your words, or take the part over where they cannot.",
            )
        ]
    if at < part.saved_at + CLAIM:
        return [
            stop(
                "part.taken",
                f"{part.author} began this part at {clock(part.saved_at, tz)}. "
                "Wait a minute: where no word is saved by then, it is free.",
            )
        ]
    return []


def changed_elsewhere(part: Written, tz: tzinfo) -> Finding:
    """The author's own second window was quicker."""
    when = f" at {clock(part.saved_at, tz)}" if part.saved_at else ""
    return stop(
        "part.changed",
        f"You saved this part{when} from another window. Your words here are kept below: reload, and put them together.",
        version=part.version,
    )
