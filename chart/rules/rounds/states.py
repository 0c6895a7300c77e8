"""What a look can find, and why no tag was scanned."""

from enum import StrEnum


class State(StrEnum):
    """How somebody was found; the value is stored."""

    AWAKE = "awake"
    ASLEEP = "asleep"
    BATHROOM = "bathroom"
    GROUP = "group"
    ELSEWHERE = "elsewhere"
    OFF_UNIT = "off_unit"
    ON_LEAVE = "on_leave"
    REFUSED = "refused"
    NOT_FOUND = "not_found"

    @property
    def label(self) -> str:
        """What a page and a paper say."""
        return _SAID[self][0]

    @property
    def icon(self) -> str:
        """A lucide name."""
        return _SAID[self][1]

    @property
    def tone(self) -> str:
        """One of the look's words, or ''."""
        return _SAID[self][2]


_SAID: dict[State, tuple[str, str, str]] = {
    State.AWAKE: ("Awake in room", "user-check", "free"),
    State.ASLEEP: ("Asleep, breathing seen", "bed", "free"),
    State.BATHROOM: ("In bathroom, heard", "bath", "free"),
    State.GROUP: ("In group", "users", "free"),
    State.ELSEWHERE: ("Elsewhere on the unit, seen", "map-pin", "free"),
    State.OFF_UNIT: ("Off the unit with staff", "footprints", "other"),
    State.ON_LEAVE: ("On leave", "door-open", "off"),
    State.REFUSED: ("Refused to be seen", "hand", "late"),
    State.NOT_FOUND: ("Not found", "search-x", "stop"),
}

SEEN_IN_ROOM = (State.AWAKE, State.ASLEEP, State.BATHROOM)
"""Seen at the door of their room: its tag is scanned, or it is said why not."""

LOOKED_FOR = (State.NOT_FOUND, State.REFUSED)
"""The look was taken; the person was not seen."""


class Untagged(StrEnum):
    """Why a room's tag was not scanned; the value is stored."""

    NO_TAG = "no_tag"
    UNREADABLE = "unreadable"
    NO_SCANNER = "no_scanner"
    ASLEEP_NEAR = "not_wake"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        """What a page and a paper say."""
        return _WHY[self]


_WHY = {
    Untagged.NO_TAG: "No tag on the door",
    Untagged.UNREADABLE: "The tag could not be read",
    Untagged.NO_SCANNER: "No scanner or camera at hand",
    Untagged.ASLEEP_NEAR: "Light would have woken somebody",
    Untagged.URGENT: "Something else was urgent",
}
