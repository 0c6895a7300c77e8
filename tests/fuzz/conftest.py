"""How many requests a run makes (``FUZZ=20000``; a small sample in the suite), what they meet, and what is printed at the end."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from django.test import override_settings

from staff.rules.capabilities import Role
from tests.factories import World, admit, assign, client, person, world
from tests.fhir_r4.care import cared_for
from tests.fuzz.fuzzing import Tally

WANTED = int(os.environ.get("FUZZ", "0"))
HIDDEN = "Zebedeesson"
"""The last name of a client whom nobody here may know of."""


@pytest.fixture
def house(db: None) -> World:
    """A client with everything, one on the list, one elsewhere, and somebody for every role."""
    here = world(datetime.now(UTC).replace(microsecond=0))
    cared_for(here)
    client(here, "Asks", "First", asks_for="3.5")
    hidden = client(here, "Elsewhere", HIDDEN)
    here.residential.__class__.objects.create(site=here.other_site, name="Far 3.5", level="3.5", position=9)
    far = here.other_site.programs.get()
    admit(here, hidden, far)
    for role in Role:
        assign(person(f"as-{role}", f"Any {role.label}"), here.site, role, at=here.now)
    return here


@pytest.fixture
def judged(record_property: Callable[[str, object], None]) -> Iterator[Tally]:
    """The tally of a test, told at the end of the run."""
    tally = Tally(log=Path(os.environ["STEPWELL_DATA"]) / "fuzz.txt" if WANTED else None)
    yield tally
    told = {"sent": tally.sent, "statuses": tally.statuses, "wrong": tally.wrong}
    record_property("fuzz", json.dumps(told))  # as a text, which every worker can send


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """As in production: no page tells what went wrong inside."""
    with override_settings(DEBUG=False):
        yield


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """How many requests, by status."""
    if not WANTED:
        return
    sent, statuses, wrong = 0, Counter[int](), []
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "fuzz" and getattr(report, "when", "") == "teardown":
                    told = json.loads(value)
                    sent += told["sent"]
                    statuses.update({int(status): count for status, count in told["statuses"].items()})
                    wrong += told["wrong"]
    terminalreporter.write_line(
        f"{sent} requests: " + ", ".join(f"{count} of {status}" for status, count in sorted(statuses.items()))
    )
    for each in wrong[:40]:
        terminalreporter.write_line(f"WRONG {each}")
