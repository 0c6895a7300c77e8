"""What has to stand on a record that leaves with consent: the two statements of 42 CFR 2.32(a), word for word.

A wording is never edited: a new one is added with the day from which it counts, and the old one stays, because releases name it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_LONG = (
    "This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2). These rules "
    "prohibit you from using or disclosing this record, or testimony that describes the information contained in this record, "
    "in any civil, criminal, administrative, or legislative proceedings by any Federal, State, or local authority, against the "
    "patient, unless authorized by the consent of the patient, except as provided at 42 CFR 2.12(c)(5) or as authorized by a "
    "court in accordance with 42 CFR 2.64 or 2.65. In addition, the Federal rules prohibit you from making any other use or "
    "disclosure of this record unless at least one of the following applies:",
    "(i) Further use or disclosure is expressly permitted by the written consent of the individual whose information is being "
    "disclosed in this record or as otherwise permitted by 42 CFR part 2.",
    "(ii) You are a covered entity or business associate and have received the record for treatment, payment, or health care "
    "operations, or",
    "(iii) You have received the record from a covered entity or business associate as permitted by 45 CFR part 164, subparts A "
    "and E.",
    "A general authorization for the release of medical or other information is NOT sufficient to meet the required elements of "
    "written consent to further use or redisclose the record (see 42 CFR 2.31).",
)
_SHORT = ("42 CFR part 2 prohibits unauthorized use or disclosure of these records.",)


class Statement(StrEnum):
    """Which of the two statements of 2.32(a)."""

    LONG = "long"
    SHORT = "short"


class Channel(StrEnum):
    """How a record leaves."""

    HANDED_OVER = "handed_over"
    FILE = "file"
    LINK = "link"
    FAX = "fax"
    MESSAGE = "message"
    API = "api"
    ORAL = "oral"
    SHOWN = "shown"

    @property
    def label(self) -> str:
        """In words."""
        return _CHANNELS[self][0]

    @property
    def statement(self) -> Statement:
        """The long one, except where there is room for a line only."""
        return _CHANNELS[self][1]


_CHANNELS = {
    Channel.HANDED_OVER: ("Printed and handed over", Statement.LONG),
    Channel.FILE: ("Saved as a file", Statement.LONG),
    Channel.LINK: ("Share link", Statement.LONG),
    Channel.FAX: ("Fax", Statement.SHORT),
    Channel.MESSAGE: ("Short message", Statement.SHORT),
    Channel.API: ("Interface", Statement.LONG),
    Channel.ORAL: ("Told by word of mouth", Statement.SHORT),
    Channel.SHOWN: ("Shown here, nothing taken away", Statement.SHORT),
}


@dataclass(frozen=True)
class NoticeText:
    """One wording: ``version`` names it for ever ('2.32-long-2024'), ``sha256`` holds its words (paragraphs joined by line feeds)."""

    version: str
    statement: Statement
    since: date
    paragraphs: tuple[str, ...]
    sha256: str

    @property
    def text(self) -> str:
        """The words. Raises ValueError where they are not the words that were entered: an edited notice is no notice."""
        words = "\n".join(self.paragraphs)
        if hashlib.sha256(words.encode()).hexdigest() != self.sha256:
            raise ValueError(f"The notice {self.version} was changed. Add a new version; never edit one.")
        return words


# 89 FR 12472, effective 16 April 2024
NOTICES: tuple[NoticeText, ...] = (
    NoticeText(
        "2.32-long-2024", Statement.LONG, date(2024, 4, 16), _LONG,
        "dae0b4d455d63722bc4e0d3760e8319ba4ea929068b0a9d96244bf20c338245d",
    ),
    NoticeText(
        "2.32-short-2024", Statement.SHORT, date(2024, 4, 16), _SHORT,
        "79fee3d6dff7e052183c61b66bfed589f0f45dcf330bb277e07b396bd12e9774",
    ),
)  # fmt: skip


def notice_for(statement: Statement, on: date) -> NoticeText:
    """The wording of a statement that counts on a date: the newest that began. Raises LookupError before there was one."""
    found = [each for each in NOTICES if each.statement is statement and each.since <= on]
    if not found:
        raise LookupError(f"No wording of the {statement} notice counts on {on:%Y-%m-%d}.")
    return max(found, key=lambda each: each.since)


def notice_named(version: str) -> NoticeText:
    """The wording that a release names. Raises LookupError."""
    for each in NOTICES:
        if each.version == version:
            return each
    raise LookupError(f"There is no notice '{version}'.")
