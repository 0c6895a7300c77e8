"""What the release before could not live with is found, and told in a sentence; what it can live with is not."""

from dataclasses import replace

import pytest

from tests.migrating.schema import Column, Tables, breaks

TEXT = Column("character varying(40)", null=False, filled=False)
RELEASE: Tables = {
    "beds_bed": {"id": Column("bigint", null=False, filled=True), "label": TEXT, "note": replace(TEXT, null=True)}
}


def now(**columns: Column | None) -> Tables:
    """The release's table with these columns changed, added, or (None) gone."""
    changed = RELEASE["beds_bed"] | columns
    return {"beds_bed": {name: column for name, column in changed.items() if column is not None}}


@pytest.mark.parametrize(
    "fine",
    [
        now(),
        now() | {"beds_hoist": {"id": Column("bigint", null=False, filled=False)}},
        now(color=replace(TEXT, null=True)),
        now(color=replace(TEXT, filled=True)),
        now(label=replace(TEXT, null=True)),
    ],
    ids=["nothing", "a table", "a column that may be empty", "a column that fills itself", "NULL where there was none"],
)
def test_what_only_adds_is_fine(fine: Tables) -> None:
    assert breaks(RELEASE, fine) == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({}, "beds_bed is gone; it is still read."),
        (now(note=None), "beds_bed.note is gone; the release before still reads it. Drop it one release later."),
        (now(label=replace(TEXT, form="integer")), "beds_bed.label was character varying(40) and is integer. Add a column and move over."),
        (now(note=TEXT), "beds_bed.note takes no NULL any more, and the release before may write one."),
        (now(color=TEXT), "beds_bed.color is new and must be filled, which the release before does not. Give it a db_default."),
    ],
    ids=["a table gone", "a column gone", "another type", "NULL no more", "a new column to be filled"],
)  # fmt: skip
def test_what_takes_away_is_told(bad: Tables, words: str) -> None:
    assert breaks(RELEASE, bad) == [words]
