"""The hash that seals a consent: everything that was signed, in a fixed order."""

from collections.abc import Iterable

from audit.rules.seal import digest
from privacy.models import Consent


def seal_of(row: Consent, named: Iterable[tuple[int, str]]) -> str:
    """SHA-256 (hex) of a consent and the recipients it names (key, name)."""
    return digest([
        row.client_id, row.client_name, row.type, row.version, row.site_id, row.discloser, sorted([pk, name] for pk, name in named),
        row.kinds, row.participants, row.purposes, row.classes, row.scope_words, row.expiry, str(row.expires_on or ""),
        row.proceeding, row.required_by, row.period_words, str(row.revocable_on or ""), row.signers, row.also, row.clauses,
        [list(part) for part in row.words], row.at.isoformat(),
    ])  # fmt: skip
