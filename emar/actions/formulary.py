"""Keep the formulary: import a file, add and retire labels, take a line off and put it back. Nothing is ever deleted."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from django.db import connection
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from audit.actions import action
from audit.models import Event
from audit.rules.findings import Refused, stop
from audit.trail import record
from emar.models import Barcode, Medication
from emar.queries.formulary import known, label, labels
from emar.rules.contents import contents_to_json
from emar.rules.formulary import Entry, Kind, Line, Sheet, kind_of, label_problem, plan, summary, taken
from programs.models import Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

FIELDS = tuple(each.name for each in fields(Line))
TOLD = 100  # changed lines that the event names; every row's own history has them all


@action("emar.import_formulary")
def import_formulary(
    *, by: Person, at: datetime, site_id: int, rows: Sheet, shown: str, key: UUID | None = None
) -> Event:
    """Import a file: all of it or nothing. ``shown`` is the digest of the plan that the person looked at.

    Lines that the file does not name stay as they are. Refused where a row has a mistake, where nothing would change, and
    where the formulary changed after the person looked. Returns the event, which says how many lines were new and changed.
    """
    require(by, Capability.FORMULARY, site_id, at)
    _alone("emar_medication", "emar_barcode")
    will = plan(rows, known(at), labels())

    if will.problems:
        first = will.problems[0]
        where = f"Row {first.row}: " if first.row else ""
        raise Refused(stop("formulary.mistakes", f"{where}{first.sentence} Nothing was imported."))
    if will.digest != shown:
        words = "The formulary changed after this was shown. Look at what the file would do now, and confirm that."
        raise Refused(stop("formulary.changed_meanwhile", words))
    fresh, changed = will.of(Kind.NEW), will.of(Kind.CHANGED)
    if not fresh and not changed:
        raise Refused(stop("formulary.nothing_new", "Every line of the file is in the formulary as it is."))

    made = bulk_create_with_history(
        [_onto(Medication(), each.line) for each in fresh],
        Medication,
        batch_size=1_000,
        default_user=by,
        default_date=at,
    )
    _update(changed, by=by, at=at)
    whose = [(medication.pk, each) for medication, each in zip(made, fresh, strict=True)]
    whose += [(each.pk, each) for each in changed if each.pk is not None]
    codes = [Barcode(medication_id=pk, code=code, kind=kind_of(code)) for pk, entry in whose for code in entry.codes]
    bulk_create_with_history(codes, Barcode, batch_size=1_000, default_user=by, default_date=at)
    numbers = summary(will.entries)
    said = f"Formulary imported: {len(fresh)} new, {len(changed)} changed, {numbers[Kind.UNCHANGED]} unchanged"
    said += f", {len(codes)} label{'s' if len(codes) > 1 else ''} added" if codes else ""
    return record(
        "emar.import_formulary", by=by, at=at, subject=Site.objects.get(pk=site_id), site_id=site_id, summary=said,
        detail={"digest": shown, "new": [each.line.said for each in fresh[:TOLD]], "changed": _told(changed[:TOLD])},
    )  # fmt: skip


@action("emar.add_label")
def add_label(
    *, by: Person, at: datetime, site_id: int, medication_id: int, code: str, key: UUID | None = None
) -> Barcode:
    """Let a label name a medication from now on; a retired one of its own comes back. A code never moves to another one."""
    require(by, Capability.FORMULARY, site_id, at)
    _alone("emar_barcode")
    medication, code = Medication.objects.get(pk=medication_id), code.strip()
    held = label(code)

    if words := label_problem(code):
        raise Refused(stop("formulary.no_label", words))
    if held is not None and held.medication_id != medication_id:
        raise Refused(stop("formulary.label_taken", taken(code, held)))
    if held is not None and held.is_active:
        raise Refused(stop("formulary.label_known", f"Label {code} names {medication} already."))

    if held is None:
        row = Barcode.objects.create(medication=medication, code=code, kind=kind_of(code))
    else:
        row = Barcode.objects.get(code=code)
        row.is_active = True
        row.save(update_fields=["is_active"])
    _tell("emar.add_label", medication, f"label {code} names it", by=by, at=at, site_id=site_id)
    return row


@action("emar.retire_label")
def retire_label(*, by: Person, at: datetime, site_id: int, label_id: int, key: UUID | None = None) -> Barcode:
    """Let a label name nothing any more. It stays known, so that it never names another medication."""
    require(by, Capability.FORMULARY, site_id, at)
    row = Barcode.objects.select_for_update(of=("self",)).select_related("medication").get(pk=label_id)

    if not row.is_active:
        raise Refused(stop("formulary.label_retired", f"Label {row.code} was retired before."))

    row.is_active = False
    row.save(update_fields=["is_active"])
    _tell("emar.retire_label", row.medication, f"label {row.code} retired", by=by, at=at, site_id=site_id)
    return row


@action("emar.set_on_formulary")
def set_on_formulary(
    *, by: Person, at: datetime, site_id: int, medication_id: int, active: bool, key: UUID | None = None
) -> Medication:
    """Take a line off the formulary, or put it back. Off it cannot be ordered any more; orders in force go on."""
    require(by, Capability.FORMULARY, site_id, at)
    medication = Medication.objects.select_for_update(no_key=True).get(pk=medication_id)

    if medication.is_active == active:
        where = "on the formulary already" if active else "off the formulary already"
        raise Refused(stop("formulary.already", f"{medication} is {where}."))

    medication.is_active = active
    medication.save(update_fields=["is_active"])
    words = "back on the formulary" if active else "off the formulary"
    _tell("emar.set_on_formulary", medication, words, by=by, at=at, site_id=site_id)
    return medication


def _alone(*tables: str) -> None:
    """Wait until nobody else writes these tables, and keep others from writing until the commit. Readers go on."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")  # names of our own, no input


def _onto(medication: Medication, line: Line) -> Medication:
    for name in FIELDS:
        setattr(medication, name, contents_to_json(line.contents) if name == "contents" else getattr(line, name))
    return medication


def _update(changed: Sequence[Entry], *, by: Person, at: datetime) -> None:
    rows = Medication.objects.in_bulk([each.pk for each in changed])
    ready = [_onto(rows[each.pk], each.line) for each in changed if each.pk is not None and each.changes]
    bulk_update_with_history(ready, Medication, FIELDS, batch_size=500, default_user=by, default_date=at)


def _told(changed: Sequence[Entry]) -> list[dict[str, object]]:
    return [
        {"line": each.line.said, "fields": {one.field: [one.before, one.after] for one in each.changes}}
        for each in changed
    ]


def _tell(verb: str, medication: Medication, what: str, *, by: Person, at: datetime, site_id: int) -> None:
    record(verb, by=by, at=at, subject=medication, site_id=site_id, summary=f"{medication}: {what}")
