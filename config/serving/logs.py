"""Logs that carry nothing about a client: no path, no query, no value that a form or a database sent.

Our own sentences are written with care, and are kept as they are. What other packages say goes out as its fixed words, with each
value in it masked; a traceback goes out as its frames and the kinds of its errors. ``DEBUG`` shows everything.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from psycopg import Error as DatabaseTrouble
from redis.exceptions import RedisError

HOUSE = {
    "admissions", "asam", "audit", "beds", "chart", "config", "documents", "emar", "fhir_r4", "groups", "live", "privacy",
    "programs", "staff", "stepwell",
}  # fmt: skip
TRUSTED = HOUSE | {"psycopg"}  # the pool says why it cannot connect, and knows no row
PLAIN = (
    OSError,
    OperationalError,
    RedisError,
    ImportError,
    ImproperlyConfigured,
)  # their words name servers and files, no row
MASK = "…"


def logging_settings(*, json: bool, level: str, requests: bool, debug: bool) -> dict[str, Any]:
    """``LOGGING`` for Django: one handler, one line a record, on standard error."""
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _with_data if debug else without_data,
    ]
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": renderer,
        "foreign_pre_chain": before,
        "pass_foreign_args": True,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "stepwell.request": {"level": "INFO" if requests else "WARNING"},
            # Django repeats each 4xx with its path; ours is the line of the request
            "django": {"handlers": [], "level": "NOTSET", "propagate": True},
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "propagate": True},
        },
    }


def without_data(logger: object, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """The record as it may be kept."""
    record: logging.LogRecord = event["_record"]
    if record.name.partition(".")[0] not in TRUSTED:
        event["event"] = words_of(record.msg, event.get("positional_args", ()))
    event.pop("positional_args", None)
    event.update(getattr(record, "said", {}))
    _add_view(record, event)
    found = event.pop("exc_info", None) or record.exc_info
    if found and isinstance(found, tuple) and found[1] is not None:
        event["exception"] = frames_of(found[1])
    return event


def _with_data(logger: object, method: str, event: dict[str, Any]) -> dict[str, Any]:
    event.update(getattr(event["_record"], "said", {}))
    event.pop("positional_args", None)
    return structlog.processors.format_exc_info(logger, method, event)  # type: ignore[return-value]


def words_of(said: object, args: object) -> str:
    """The first line of what another package says, with its values masked."""
    words = str(said)
    if words.startswith("Traceback"):
        return _frames_in(words)
    words = words.partition("\n")[0]
    if not args:
        return words if isinstance(said, str) else type(said).__name__
    if isinstance(args, Mapping):
        masked: object = {key: _masked(value) for key, value in args.items()}
    else:
        masked = tuple(_masked(value) for value in args) if isinstance(args, tuple) else _masked(args)
    try:
        return words % masked
    except (TypeError, ValueError, KeyError):
        return words


def frames_of(error: BaseException) -> str:
    """Where it happened, and the kind of each error on the way; its words only where they name no row."""
    told = []
    while True:
        told.append("".join(traceback.format_list(traceback.extract_tb(error.__traceback__))) + kind_of(error))
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if before is None or len(told) == 5:
            return "\nbefore that:\n".join(told)
        error = before


def kind_of(error: BaseException) -> str:
    """The kind of an error; of the database's also its code, table and constraint."""
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, DatabaseTrouble) and error.sqlstate:
        parts = (error.sqlstate, error.diag.table_name, error.diag.constraint_name)
        return f"{name} ({', '.join(part for part in parts if part)})"
    return f"{name}: {str(error).partition(chr(10))[0]}" if isinstance(error, PLAIN) else name


def _add_view(record: logging.LogRecord, event: dict[str, Any]) -> None:
    request = getattr(record, "request", None)
    if request is not None:
        match = getattr(request, "resolver_match", None)
        event["view"] = match.view_name if match is not None else "(none)"
        event["status"] = getattr(record, "status_code", None)


def _masked(value: object) -> object:
    return value if isinstance(value, (int, float)) or value is None else MASK


def _frames_in(text: str) -> str:
    """A traceback that somebody wrote into a message: its frames, and the name of its error."""
    lines = [line for line in text.splitlines() if line.startswith(("Traceback", "  File "))]
    last = text.strip().splitlines()[-1].partition(":")[0]
    return "\n".join([*lines, last])
