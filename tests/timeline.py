"""A stretch of time that holds everything a test writes."""

from datetime import UTC, datetime

EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
