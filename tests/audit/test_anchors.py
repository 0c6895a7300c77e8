"""A line a day outside the database: written whole, never twice, and read with every fault in words."""

import io
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import chain, trail
from audit.anchors import anchor, anchors_in, broken
from audit.rules.anchors import Anchor, due, read
from programs.models import Organisation
from tests.factories import person

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
HEAD = "a" * 64
DAY = timedelta(days=1)


def act() -> None:
    who = person("cole", "Robin Cole", "RN")
    with transaction.atomic():
        place = Organisation.objects.create(name="Riverbend")
        for number in range(4):
            trail.record("beds.hold", by=who, at=NOW, subject=place, summary=f"Bed {number} held", site_id=None)
    chain.seal_new()


def test_a_line_is_read_as_it_was_written() -> None:
    made = [Anchor(NOW, 0, ""), Anchor(NOW + DAY, 12, HEAD)]
    assert [each.line for each in made] == ["2026-03-04T15:00:00+00:00 0 -", f"2026-03-05T15:00:00+00:00 12 {HEAD}"]
    assert read([each.line + "\n" for each in made]) == (made, [])


@pytest.mark.parametrize(
    "line",
    ["nonsense", f"2026-03-04T15:00:00 12 {HEAD}", f"2026-03-04T15:00:00+00:00 12 {HEAD[1:]}", "2026-03-04T15:00:00+00:00 12 -",
     f"2026-03-04T15:00:00+00:00 0 {HEAD}", f"2026-03-04T15:00:00+00:00 -3 {HEAD}", f"yesterday 12 {HEAD}"],
)  # fmt: skip
def test_a_line_that_was_changed_is_a_fault(line: str) -> None:
    anchors, faults = read([Anchor(NOW, 1, HEAD).line, line, Anchor(NOW + DAY, 2, HEAD).line])
    assert len(anchors) == 2
    assert faults == [
        "Line 2 of the anchor file cannot be read: it was changed, or the machine stopped while writing it."
    ]


def test_lines_that_were_moved_are_a_fault() -> None:
    _, faults = read([Anchor(NOW + DAY, 5, HEAD).line, Anchor(NOW, 3, HEAD).line])
    assert faults == ["Line 2 of the anchor file goes back behind the line before: a line was changed or moved."]


@pytest.mark.parametrize(
    ("last", "every", "wanted"),
    [
        (None, 24, True), (NOW, 24, False), (NOW - timedelta(hours=16), 24, True), (NOW - timedelta(hours=3), 24, False),
        (NOW - timedelta(hours=3), 3, True), (NOW - timedelta(hours=16), 20, False),
    ],
)  # fmt: skip
def test_it_is_time_on_another_day_or_after_so_many_hours(last: datetime | None, every: int, wanted: bool) -> None:
    assert due(Anchor(last, 1, HEAD) if last else None, NOW, timedelta(hours=every)) is wanted


@pytest.mark.django_db(transaction=True)
def test_the_head_is_appended_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "outside" / "anchors.txt"
    assert anchor(path, NOW) == Anchor(NOW, 0, "")
    act()
    made = anchor(path, NOW + DAY, DAY)
    assert made == Anchor(NOW + DAY, *chain.head()) and made.position == 4
    assert anchor(path, NOW + DAY, DAY) is None, "once a day"
    assert anchors_in(path) == ([Anchor(NOW, 0, ""), made], [])
    assert path.stat().st_mode & 0o077 == 0
    assert broken(path) is None
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; DELETE FROM audit_seal WHERE position > 2")
        cursor.execute("SET session_replication_role = origin")
    assert broken(path) == made
    (fault, *_) = chain.verify(datetime.now(UTC), anchors=anchors_in(path)[0]).faults
    assert fault == "The chain ends at link 2; the anchor of 5 Mar 2026, 15:00 UTC anchored 4: the end was cut off."


@pytest.mark.django_db
def test_half_a_line_of_a_stopped_machine_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "anchors.txt"
    path.write_text("2026-03-04T15:0")
    made = anchor(path, NOW)
    anchors, faults = anchors_in(path)
    assert anchors == [made] and len(faults) == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_one_line_for_the_day(tmp_path: Path) -> None:
    path = tmp_path / "anchors.txt"
    threads = [threading.Thread(target=_anchor, args=(path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(anchors_in(path)[0]) == 1


def _anchor(path: Path) -> None:
    anchor(path, NOW, DAY)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_commands_say_what_they_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = tmp_path / "anchors.txt", io.StringIO()
    monkeypatch.setenv("AUDIT_ANCHORS", str(path))
    act()
    call_command("verify_audit", stdout=out)
    assert "There is no anchor" in out.getvalue()
    call_command("anchor_audit", stdout=out)
    assert out.getvalue().endswith(path.read_text())
    call_command("verify_audit", stdout=out)
    assert out.getvalue().endswith(f"1 of 1 anchors in {path} stand.\nThe chain is whole.\n")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; UPDATE audit_event SET by_name = 'Nobody'")
        cursor.execute("SET session_replication_role = origin")
    with pytest.raises(CommandError, match="4 faults"):
        call_command("verify_audit", stdout=out)
    with pytest.raises(CommandError, match="cannot be written"):
        monkeypatch.setenv("AUDIT_ANCHORS", str(path / "below"))
        call_command("anchor_audit", stdout=out)


@pytest.mark.django_db(transaction=True)
def test_the_sealer_anchors_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.management.commands.seal_audit import Command

    path = tmp_path / "anchors.txt"
    monkeypatch.setenv("AUDIT_ANCHORS", str(path))
    act()
    out = io.StringIO()
    sealer = Command(stdout=out, stderr=out)
    sealer.keep_house()
    sealer.keep_house()
    assert len(anchors_in(path)[0]) == 1 and "Anchored: " in out.getvalue()
    monkeypatch.setenv("AUDIT_ANCHORS", str(path / "below"))
    sealer.keep_house()
    assert "Not anchored" in out.getvalue()
