"""The day of a release: ``RELEASE=0.2.0 make test ARGS=tests/migrating/recording.py`` records the tree. Never run with the others."""

import os

import pytest

from tests.migrating import schema


@pytest.mark.django_db
def test_the_release_is_recorded() -> None:
    assert schema.record(os.environ["RELEASE"]) == schema.read()
