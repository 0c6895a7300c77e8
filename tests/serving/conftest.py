"""The stack of a file: started once, on this worker's database, where nginx is."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.serving import nginx
from config.serving.web import CannotServe
from tests.serving.stack import Stack


@pytest.fixture(scope="session")
def has_nginx() -> None:
    """Skip where nginx is missing, but never in CI."""
    try:
        nginx.program()
    except CannotServe as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def stack(has_nginx: None, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Two processes behind nginx; stopped in order at the end, which is a test of its own."""
    folder: Path = tmp_path_factory.mktemp("served")
    made = Stack(folder)
    try:
        made.wait()
        yield made
    finally:
        made.stop()
    assert made.supervisor.returncode == 0, made.said()
    assert made.said().endswith("Stopped.\n")
