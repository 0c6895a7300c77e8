"""What is recorded of groups: what is planned, who runs it, who came, and what was written by whom."""

from groups.models.attendance import Attendance, Presence
from groups.models.notes import Addendum, Cosign, MemberNoteObjective, Part
from groups.models.packs import AppliedPack
from groups.models.series import Holiday, Member, Pattern, Series, Topic
from groups.models.sessions import Facilitator, Guest, Session

__all__ = [
    "Addendum", "AppliedPack", "Attendance", "Cosign", "Facilitator", "Guest", "Holiday", "Member", "MemberNoteObjective", "Part",
    "Pattern", "Presence", "Series", "Session", "Topic",
]  # fmt: skip
