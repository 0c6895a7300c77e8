"""SUD counseling notes: on what anybody may read one, what may be written, and what a grant must say. Pure.

Source: 42 CFR 2.11 (what they are), 2.31(b)(1) (who reads without the client's consent: this list and nobody else).
"""

from datetime import datetime, timedelta
from enum import StrEnum

from audit.rules.findings import Finding, stop
from programs.rules.words import check_words

LONGEST, LONGEST_WORDS = 20_000, 400
LONGEST_GRANT = timedelta(days=92)


class ReadBasis(StrEnum):
    """On what a counseling note is read without consent: every basis of 2.31(b)(1), and no other. Values are stable."""

    ORIGINATOR = "originator"
    TRAINING = "training"
    DEFENCE = "defence"
    SECRETARY = "secretary"
    DEATH = "death"
    OVERSIGHT = "oversight"
    THREAT = "threat"
    COURT = "court"

    @property
    def label(self) -> str:
        """The basis in words, with its section."""
        return _LABELS[self]


GRANTABLE = tuple(each for each in ReadBasis if each is not ReadBasis.ORIGINATOR)
"""What a grant may rest on: whoever wrote a note needs none."""


def check_note(text: str, about_at: datetime, at: datetime) -> list[Finding]:
    """What is wrong with a note: no words, too many, or a session that has not been."""
    findings = check_words(text, "text", longest=LONGEST, missing="Write the note.")
    if about_at > at:
        findings.append(
            stop("counseling.ahead", "That session has not been yet. Write when it began.", field="about_at")
        )
    return findings


def check_grant(
    *, basis: str, words: str, until: datetime, at: datetime, author_id: int, reader_id: int, by_id: int
) -> list[Finding]:  # fmt: skip
    """What is wrong with a grant: its basis, its words, its end, or who is who."""
    findings = []
    if basis not in GRANTABLE:
        findings.append(
            stop("counseling.basis", "Choose the basis of 42 CFR 2.31(b)(1) on which it is read.", field="basis")
        )
    missing = "Write what it is for: the case, the order, the training, and who asked."
    findings += check_words(words, "words", longest=LONGEST_WORDS, missing=missing)
    if until <= at:
        findings.append(stop("counseling.until", "It would have ended already. Choose a later hour.", field="until"))
    elif until > at + LONGEST_GRANT:
        sentence = (
            f"A grant lasts at most {LONGEST_GRANT.days} days. Choose an earlier day, and grant again if need be."
        )
        findings.append(stop("counseling.long", sentence, field="until"))
    if reader_id == author_id:
        findings.append(stop("counseling.author", "They wrote these notes and need no grant.", field="reader"))
    if reader_id == by_id:
        words = "Nobody grants this to themselves. Another privacy officer has to."
        findings.append(stop("counseling.oneself", words, field="reader"))
    return findings


_LABELS = {
    ReadBasis.ORIGINATOR: "Their own, for treatment (2.31(b)(1)(i)(A))",
    ReadBasis.TRAINING: "The program's own supervised training (2.31(b)(1)(i)(B))",
    ReadBasis.DEFENCE: "Defence in a proceeding the client brought (2.31(b)(1)(i)(C))",
    ReadBasis.SECRETARY: "Required by the Secretary of HHS (2.2(b))",
    ReadBasis.DEATH: "Consent for a client who died (2.15(b))",
    ReadBasis.OVERSIGHT: "Oversight of who wrote them (2.53)",
    ReadBasis.THREAT: "Court order, threat to life or serious harm (2.63(a))",
    ReadBasis.COURT: "Court order, not criminal (2.64)",
}
