"""What a client says to a signed plan. Pure: sentences and findings."""

from audit.rules.findings import Finding, stop
from programs.rules.signature import Strokes, stroke_findings

DRAWN, WORD, REFUSED = "drawn", "word", "refused"
INTENT = {
    DRAWN: "I took part in making this plan. I have read it, or it was read to me, and I agree to it.",
    WORD: "The client took part in making this plan, heard it read, and agreed to it by word before a witness.",
    REFUSED: "The plan was offered to the client, who did not agree to it or did not sign it.",
}
LONGEST_WORDS = 500


def answer_findings(kind: str, strokes: Strokes | None, words: str) -> list[Finding]:
    """What stands against an answer: no signature in the frame, a refusal without the client's reason, words that are too long."""
    if kind not in INTENT:
        return [stop("plan.answer_kind", "Choose how the client answered: signed, agreed by word, or refused.")]
    found = stroke_findings(strokes) if kind == DRAWN else []
    if kind == REFUSED and not words.strip():
        sentence = "Write why the client did not agree, as near to their own words as you can."
        found.append(stop("plan.refused_why", sentence))
    if len(words) > LONGEST_WORDS:
        found.append(stop("plan.long", f"Write it in at most {LONGEST_WORDS} characters."))
    return found
