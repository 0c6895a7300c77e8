"""Who plays which part today: who is on leave, who leaves next, who is watched. Everybody plays one part at the most."""

from collections.abc import Callable

from config.demo.stage import DAY, Path, Stage

Wish = Callable[[Path], bool]


def choose(stage: Stage) -> None:
    """Fill ``stage.cast`` from who has a bed today. A part that suits nobody wholly goes to who suits it best."""

    def days(path: Path) -> float:
        assert path.sleeps is not None
        return (stage.now - path.sleeps.starts) / DAY

    def mate(path: Path) -> Path | None:
        return next((other for other in here if other is not path and other.bed.room_id == path.bed.room_id), None)

    def keeps_lower(path: Path) -> bool:
        return all(bed.lower_bunk for step in path.stretches for bed, _, _ in step.beds)

    def keeps_accessible(path: Path) -> bool:
        return path.sleeps is not None and all(bed.room.accessible for bed, _, _ in path.sleeps.beds)

    here = [path for path in stage.paths if path.ends is None and path.sleeps is not None and path.sleeps.ends is None]
    left = [path for path in here if not path.alone]
    stage.cast.update(("alone", path) for path in here if path.alone)

    def cast(part: str, *wishes: Wish) -> None:
        for number in range(len(wishes), -1, -1):
            found = next((path for path in left if all(wish(path) for wish in wishes[:number])), None)
            if found is not None:
                left.remove(found)
                stage.cast[part] = found
                return

    cast("wheelchair", lambda path: path.bed.room.accessible, keeps_lower, keeps_accessible, _in("Alder"))
    cast("upper bunk", lambda path: not path.bed.lower_bunk, _at("riverbend"), lambda path: days(path) > 1)
    cast(
        "promised", _in("Alder"), lambda path: path.bed.room.near_nursing and path.bed.room.position % 2 == 0,
        lambda path: path.bed.lower_bunk, lambda path: days(path) > 4,
    )  # fmt: skip
    cast("hospital", _in("Alder"), lambda path: days(path) > 2)
    cast("pass", _in("Cedar East"), lambda path: days(path) > 6)
    cast("overdue", _in("Cedar West"), lambda path: days(path) > 6)
    cast("court", _in("Birch"), lambda path: days(path) > 4)
    cast("leaving", _in("Cedar East"), lambda path: days(path) > 10)
    cast("constant", _in("Alder"), lambda path: path.bed.room.near_nursing, lambda path: days(path) > 0.5)
    cast("close", _in("Alder"), lambda path: days(path) > 0.5)
    cast("close too", _in("Cedar West"))
    cast("helped", _at("riverbend"), keeps_lower, _in("Cedar West"))
    cast(
        "apart", _in("Cedar East"), lambda path: mate(path) is None
    )  # from someone who waits, and could have the other bed
    cast("apart one", _in("Cedar West"), lambda path: days(path) > 3)
    one = stage.cast.get("apart one")
    cast(
        "apart other",
        lambda path: one is None or path.bed.room_id != one.bed.room_id,
        _in("Cedar West"),
        lambda path: days(path) > 3,
    )


def _in(unit: str) -> Wish:
    return lambda path: path.bed.room.unit.name == unit


def _at(site: str) -> Wish:
    return lambda path: path.bed.room.unit.site.slug == site
