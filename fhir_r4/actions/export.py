"""Release a client's chart as one FHIR Bundle."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fhir_r4.actions.read import answer
from privacy.actions.release import Content, Permit, release
from privacy.models import LeftFile
from privacy.queries.gate import Going
from staff.models import Person

BASE = "urn:stepwell:fhir"
"""What stands before a resource's name in a file, which has no address."""


def export_chart(
    *, by: Person, at: datetime, going: Going, proof_id: int | None, reasons: Mapping[str, str], key: UUID | None = None
) -> LeftFile:
    """The file as it left. Raises Refused, NotAllowed; then nothing left. Source: 42 CFR 2.31, 2.32."""
    name = f"fhir-{going.client.record_number}-{at:%Y%m%d}.json"
    row = release(
        by=by,
        at=at,
        going=going,
        content=Content("Chart as FHIR", name, as_bytes),
        proof_id=proof_id,
        reasons=reasons,
        key=key,
    )
    assert row.file is not None
    return row.file


def as_bytes(permit: Permit) -> bytes:
    """The Bundle of what was permitted, as JSON in UTF-8."""
    made = answer(permit, (), BASE, "collection")
    return json.dumps(made, ensure_ascii=False, indent=1).encode()
