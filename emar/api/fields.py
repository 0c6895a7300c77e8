"""What a field of a request may hold: instants with a zone, amounts as strings, texts that can be kept. Unknown fields are refused."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,3})?", re.ASCII)


class Asked(Schema):
    """A request: a field that is not known here is a mistake and refused, never passed over."""

    model_config = ConfigDict(extra="forbid")


def zoned(value: object) -> object:
    """An instant as JSON carries it: a text with a zone. Raises PydanticCustomError for a number, or no zone."""
    if isinstance(value, datetime):
        return value
    written = WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        raise PydanticCustomError("request.instant", "Write the time like 2026-01-05T08:00:00-05:00")
    if written[3] is None:
        raise PydanticCustomError(
            "dose.no_zone", "The time came without a time zone. Send it with one, such as 08:00-05:00"
        )
    return value


def number(value: object) -> object:
    """An amount as JSON carries it: a text, never a binary float. Raises PydanticCustomError."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise PydanticCustomError(
            "request.number", 'Send the number as a text with at most 6 digits and 3 decimals, such as "0.5"'
        )
    return value


def _said(value: datetime) -> str:
    """To the microsecond, so that a due time sent back is the same instant."""
    return value.isoformat().replace("+00:00", "Z")


Instant = Annotated[datetime, BeforeValidator(zoned), PlainSerializer(_said, return_type=str)]
Amount = Annotated[
    Decimal,
    BeforeValidator(number),
    Field(max_digits=9, decimal_places=3),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,6}(\.\d{1,3})?$", "example": "0.5"}),
]
Id = Annotated[int, Field(strict=True, ge=1, lt=2**63)]
Line = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")]
Words = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00]*$")]
