"""The tables of docs/rules/disclosure.md, line by line."""

import pytest

from privacy.rules.consents import ConsentType
from privacy.rules.disclosure import Attachment, Decision, decide
from tests.doc_table import table
from tests.privacy.gate_here import asked, ground, held

PAGE = "docs/rules/disclosure.md"
WITH = table(PAGE, "With consent")
WITHOUT = table(PAGE, "Without consent")


def check(decision: Decision, answer: str) -> None:
    codes = [finding.code for finding in decision.findings]
    if answer.isupper() or answer[0].isupper():
        assert (decision.basis, codes) == (answer, []), decision
    elif answer == "disclosure.more_than_needed":
        assert decision.allowed and codes == [answer]
    else:
        assert decision.basis is None and not decision.classes and codes[0] == answer, codes


@pytest.mark.parametrize("row", WITH, ids=[row["Case"] for row in WITH])
def test_with_consent(row: dict[str, str]) -> None:
    kind, _, other = row["Consent"].partition(" ")
    consents = (
        ()
        if kind == "none"
        else (held(ConsentType(kind), row["State"], proceeding="9-CV-1" if other else "24-cr-118 "),)
    )
    decision = decide(asked(row["To"], row["For"], row["What"]), consents)
    check(decision, row["Answer"])
    if decision.allowed and consents:
        assert decision.consent == consents[0] and decision.statement is not None
        assert decision.attachment is Attachment.SCOPE


@pytest.mark.parametrize("row", WITHOUT, ids=[row["Case"] for row in WITHOUT])
def test_without_consent(row: dict[str, str]) -> None:
    decision = decide(asked(row["To"], row["For"], row["What"], ground=ground(row["Ground"])), ())
    check(decision, row["Answer"])
    assert decision.consent is None and decision.statement is None
