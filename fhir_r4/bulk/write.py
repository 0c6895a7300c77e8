"""Write the whole organisation into a directory, from one snapshot of the database. Memory does not grow with it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from fhir_r4.bulk.files import Lines, whole
from fhir_r4.bulk.readme import readme
from fhir_r4.bulk.tables import rows, tables
from fhir_r4.mappings.consent import consents
from fhir_r4.mappings.location import locations
from fhir_r4.mappings.medication import medications
from fhir_r4.mappings.organization import organizations, practitioners
from fhir_r4.queries.chart import everything
from fhir_r4.rules.elements import Resource, instant
from fhir_r4.rules.labels import labelled, refrain
from privacy.rules.notices import Statement, notice_for
from programs.models import Client

BATCH = 20  # clients read together
MANIFEST = "manifest.json"
Tell = Callable[[int, int, str], None]
"""How far it is: so many of so many, and of what."""


def write(directory: Path, *, at: datetime, by: str, tell: Tell = lambda done, of, what: None) -> dict[str, Any]:
    """Everything, then ``manifest.json``: a directory without one is not whole. Returns the manifest."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MANIFEST).unlink(missing_ok=True)
    with snapshot():
        files = dict(_fhir(directory, at, tell))
        files |= _tables(directory, tell)
    files["README.md"] = whole(directory / "README.md", readme(at))
    notice = notice_for(Statement.LONG, at.date())
    files["NOTICE.txt"] = whole(directory / "NOTICE.txt", f"{notice.text}\n")
    manifest = {
        "transactionTime": instant(at), "requestedBy": by, "fhirVersion": "4.0.1", "requiresAccessToken": False,
        "basis": "The program's own records, for its own use (42 CFR 2.12(c)(3)); a disclosure to anybody else needs a basis of its own.",
        "notice": {"file": "NOTICE.txt", "version": notice.version}, "security": labelled({"resourceType": "Bundle"}, refrain(""))["meta"],
        "output": [
            {"type": Path(name).stem, "url": name, "count": line["count"]} for name, line in files.items() if name.startswith("fhir/")
        ],
        "files": files,
    }  # fmt: skip
    whole(directory / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    return manifest


@contextmanager
def snapshot() -> Iterator[None]:
    """All is read as it was at one instant, and nothing can be written meanwhile by this connection."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def resources(at: datetime, tell: Tell) -> Iterator[Resource]:
    """Every resource of the organisation, streamed: places and people first, then client by client."""
    yield from organizations()
    yield from practitioners()
    yield from locations()
    yield from medications()
    keys = list(Client.objects.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), BATCH):
        batch = keys[first : first + BATCH]
        yield from everything(batch, at)
        yield from consents(batch, at)
        tell(min(first + BATCH, len(keys)), len(keys), "clients")


def _fhir(directory: Path, at: datetime, tell: Tell) -> Iterator[tuple[str, dict[str, Any]]]:
    labels = refrain("")
    with ExitStack() as open_files:
        files: dict[str, Lines] = {}
        for each in resources(at, tell):
            kind = each["resourceType"]
            if kind not in files:
                files[kind] = open_files.enter_context(Lines(directory / "fhir" / f"{kind}.ndjson"))
            files[kind].write(labelled(each, labels))
        for kind, file in sorted(files.items()):
            yield f"fhir/{kind}.ndjson", file.done()


def _tables(directory: Path, tell: Tell) -> dict[str, dict[str, Any]]:
    found, wanted = {}, list(tables())
    for number, model in enumerate(wanted, 1):
        name = f"tables/{model._meta.db_table}.ndjson"
        with Lines(directory / name) as file:
            for row in rows(model):
                file.write(row)
            found[name] = file.done()
        tell(number, len(wanted), "tables")
    return found
