"""What reaches a log: our sentences whole, what others say without its values, tracebacks without their words."""

import json
import logging
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import OperationalError
from django.test import Client as Session
from django.test import RequestFactory

from config.serving.logs import logging_settings, words_of
from programs.models import Client
from tests.factories import World, client

SECRET = "Featherstonehaugh"


def logged(record: logging.LogRecord, *, debug: bool = False) -> dict[str, Any]:
    """The line that a record becomes."""
    formatter = logging_settings(json=True, level="INFO", requests=True, debug=debug)["formatters"]["structured"]
    made = formatter.pop("()")(**formatter)
    found: dict[str, Any] = json.loads(made.format(record))
    return found


def record(
    name: str, words: object, *args: object, error: BaseException | None = None, **more: Any
) -> logging.LogRecord:
    """A record of a package; ``error`` as it was caught."""
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.ERROR, "file.py", 1, words, args, info)
    made.__dict__.update(more)
    return made


def test_our_own_sentences_are_kept() -> None:
    line = logged(record("live.hub", "The numbers could not be read; next try in %s s.", 5.0))
    assert line["event"] == "The numbers could not be read; next try in 5.0 s."
    assert (line["level"], line["logger"]) == ("error", "live.hub")


@pytest.mark.parametrize(
    ("words", "args", "kept"),
    [
        ("Not Found: %s", (f"/clients/12/{SECRET}",), "Not Found: …"),
        ("%s took %d ms", (SECRET, 12), "… took 12 ms"),
        ("Task exception was never retrieved\nfuture: <Task exception=ValueError('Featherstonehaugh')>", (),
         "Task exception was never retrieved"),
        ("%(path)s is odd", ({"path": SECRET},), "… is odd"),
        (ValueError(SECRET), (), "ValueError"),
    ],
)  # fmt: skip
def test_what_other_packages_say_goes_without_its_values(words: object, args: tuple[object, ...], kept: str) -> None:
    assert logged(record("daphne.server", words, *args))["event"] == kept
    assert SECRET not in words_of(words, args)


def test_a_traceback_in_a_message_keeps_its_frames_only() -> None:
    text = (
        f'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    open("{SECRET}")\nValueError: {SECRET}'
    )
    said = logged(record("daphne.http_protocol", text))["event"]
    assert said == 'Traceback (most recent call last):\n  File "a.py", line 3, in f\nValueError'


def test_an_error_of_the_database_is_told_by_its_constraint_and_not_by_its_row(here: World) -> None:
    first = client(here, "Quillon", SECRET)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Client.objects.create(
            organisation=first.organisation, record_number=first.record_number, first_name="Quillon", last_name=SECRET,
            born_on=first.born_on,
        )  # fmt: skip
    assert first.record_number in str(refused.value), "the error itself names the row"
    line = logged(
        record("django.request", "%s: %s", "Internal Server Error", f"/clients/{first.pk}/", error=refused.value)
    )
    assert "UniqueViolation (23505, programs_client, " in line["exception"]
    assert "test_logs.py" in line["exception"]
    for secret in (SECRET, "Quillon", first.record_number, f"/clients/{first.pk}"):
        assert secret not in json.dumps(line), secret


def test_an_error_that_names_a_server_keeps_its_words() -> None:
    line = logged(record("live.line", "Away.", error=OperationalError("connection refused\nDETAIL: row (Quillon)")))
    assert line["exception"].endswith("OperationalError: connection refused")


def test_a_line_about_a_request_names_its_view(here: World) -> None:
    request = RequestFactory().get(f"/clients/12/{SECRET}")
    line = logged(
        record("django.security.csrf", "Forbidden (%s): %s", SECRET, request.path, request=request, status_code=403)
    )
    assert (line["event"], line["view"], line["status"]) == ("Forbidden (…): …", "(none)", 403)


def test_debugging_shows_everything() -> None:
    line = logged(record("daphne.server", "Odd: %s", SECRET, error=ValueError(SECRET)), debug=True)
    assert line["event"] == f"Odd: {SECRET}"
    assert SECRET in line["exception"]


def test_a_request_has_one_id_in_its_answer_and_in_the_trail(here: World, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    session, given = Session(), "0123456789abcdef" * 2
    session.force_login(here.on_unit)
    assert session.get("/beds/", headers={"X-Request-ID": given})["X-Request-ID"] == given
    for bad in ("", SECRET, given.upper(), given + "0"):
        made = session.get("/beds/", headers={"X-Request-ID": bad})["X-Request-ID"]
        assert made != bad
        assert len(made) == 32
    settings.BEHIND_PROXY = False
    assert session.get("/beds/", headers={"X-Request-ID": given})["X-Request-ID"] != given, "nobody before us gave it"
