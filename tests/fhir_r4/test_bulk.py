"""The whole organisation in files: whole, counted, sealed, and without what may not be in it."""

import hashlib
import json
import re
import tracemalloc
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from audit.models import Event
from fhir_r4.bulk import write as bulk
from fhir_r4.bulk.tables import APPS, columns, left_out, tables
from tests.factories import World
from tests.fhir_r4.care import cared_for, merged
from tests.fhir_r4.valid import loose_ends, twice, wrong_with
from tests.privacy.gate_rows import consent, recipient, revoke

SECRET = re.compile(r"password|secret|token|_hash$|cipher|session_key|private", re.IGNORECASE)
HARMLESS = frozenset({"content_sha256", "sha256", "asked", "token_id"})


def export(directory: Path, here: World, **more: str) -> str:
    out, told = StringIO(), StringIO()
    asked = {"by": here.director.username, "why": "We change to another vendor."} | more
    call_command("export_organisation", str(directory), stdout=out, stderr=told, **asked)
    return out.getvalue() + told.getvalue()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def full(here: World) -> World:
    who = cared_for(here)
    merged(here, who)
    cared_for(here, "Otto", "Other", bed=2)
    revoke(here, consent(here, who, recipient(here)), here.now)
    consent(here, who)
    return here


def test_everything_is_written_valid_and_whole_in_itself(full: World, tmp_path: Path) -> None:
    said = export(tmp_path / "out", full)
    assert "3 of 3 clients" in said
    found = [each for path in sorted((tmp_path / "out/fhir").iterdir()) for each in lines(path)]
    assert wrong_with(found) == []
    assert loose_ends(found) == set()
    assert twice(found) == set()
    consents = [each for each in found if each["resourceType"] == "Consent"]
    assert sorted(each["status"] for each in consents) == ["active", "inactive"]
    assert all(each["meta"]["security"][0]["code"] == "R" for each in found)


def test_the_manifest_counts_and_seals_every_file(full: World, tmp_path: Path) -> None:
    export(tmp_path, full)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    for name, line in manifest["files"].items():
        content = (tmp_path / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (line["bytes"], line["sha256"]), name
        if "count" in line:
            assert content.count(b"\n") == line["count"]
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {*manifest["files"], "manifest.json"}
    event = Event.objects.get(verb="organisation.exported")
    assert event.detail["manifest"] == hashlib.sha256((tmp_path / "manifest.json").read_bytes()).hexdigest()
    assert Event.objects.filter(verb="organisation.export_begun", by_id=full.director.pk).exists()


def test_every_table_is_there_and_documented_and_no_secret_is(full: World, tmp_path: Path) -> None:
    export(tmp_path, full)
    readme = (tmp_path / "README.md").read_text()
    for model in tables():
        rows = lines(tmp_path / f"tables/{model._meta.db_table}.ndjson")
        written = model._default_manager.count() - (model is Event)  # the last event tells that all was written
        assert len(rows) == written, model
        assert model._meta.db_table in readme
        assert all(set(row) == set(columns(model)) for row in rows)
    suspicious = [
        f"{model._meta.label}.{name}"
        for model in tables()
        for name in columns(model)
        if SECRET.search(name) and name not in HARMLESS
    ]
    assert suspicious == []


def test_counseling_notes_are_never_among_them() -> None:
    assert left_out(type("HistoricalSudCounselingNote", (), {}))
    exported = {model._meta.label for model in tables()}
    every = {model for label in APPS if apps.is_installed(label) for model in apps.get_app_config(label).get_models()}
    assert not any("counsel" in model.__name__.lower() and model._meta.label in exported for model in every)


@pytest.mark.parametrize(("more", "words"), [
    ({"by": "nobody-here"}, "Nobody signs in"), ({"why": "because"}, "Say why"), ({"by": "gone"}, "works here now"),
])  # fmt: skip
def test_who_and_why_are_asked(full: World, tmp_path: Path, more: dict[str, str], words: str) -> None:
    full.without_role.__class__.objects.create(username="gone", name="Gone Away", is_active=False)
    with pytest.raises(CommandError, match=words):
        export(tmp_path, full, **more)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_was_interrupted_is_no_export_and_is_made_again(
    full: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = bulk._tables

    def dies(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(bulk, "_tables", dies)
    with pytest.raises(CommandError, match="No space left"):
        export(tmp_path, full)
    assert not (tmp_path / "manifest.json").exists()
    monkeypatch.setattr(bulk, "_tables", real)
    export(tmp_path, full)
    assert (tmp_path / "manifest.json").exists()
    with pytest.raises(CommandError, match="finished export"):
        export(tmp_path, full)


def test_it_is_not_written_among_other_files(full: World, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Mine")
    with pytest.raises(CommandError, match="other files"):
        export(tmp_path, full)


def test_memory_does_not_grow_with_the_history(here: World, tmp_path: Path) -> None:
    who = cared_for(here)

    def peak() -> int:
        tracemalloc.start()
        for each in bulk.resources(here.now, lambda *_: None):
            del each
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    before = peak()
    episode = who.episodes.get()
    first = episode.orders.get(replaces=None, stopped_why="Changed")
    row = first.administrations.filter(outcome="given", corrects=None)[0]
    several = []
    for number in range(1500):
        row.pk, row.due_at = None, row.given_at + (number + 1) * (here.now - row.given_at) / 4500
        several.append(row.__class__(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}))
    row.__class__.objects.bulk_create(several)
    assert peak() < before + 5_000_000
