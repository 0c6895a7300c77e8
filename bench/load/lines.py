"""How parts 3 and 5 of the table read."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from bench.figures import Line, Section, ms
from bench.load.spread import CORE, OURS, OWN, PLAIN, PUBSUB, TOLD, Change, Spread


def section(done: Spread) -> Section:
    """Part 3 of the table."""
    lines: list[Line] = []
    for boards, changes in sorted(done.ours.items()):
        lines += _lines(done, boards, changes)
    said = [
        f"{done.processes} processes of each kind, Stepwell's as `manage.py web` serves it, the others Daphne as it comes; "
        f"{done.bytes:,} bytes a frame, half of the boards see names and half initials. "
        "'Without the drawing' is from the commit to the last socket, less the time from where the later process begins to "
        "draw to where the last one has drawn: what a broadcast of drawn bytes does as well."
    ]
    if storm := done.storm:
        lines.append(Line(
            f"{storm.changes} changes in {storm.seconds:.1f} s, to {storm.boards:,} boards",
            f"{storm.least} to {storm.most} frames each", besides=f"{storm.size:,} bytes each; {storm.behind} boards behind",
            target="a few frames", met=storm.most <= max(10, storm.changes // 4) and not storm.behind,
        ))  # fmt: skip
    return Section("3. A bed change to all open boards", lines, said)


def _lines(done: Spread, boards: int, changes: Sequence[Change]) -> Iterator[Line]:
    others = done.others[boards]
    draws = sorted({change.draws for change in changes})
    yield Line(
        f"{boards:,} boards: commit to last", *_times([change.whole for change in changes]),
        besides=f"announced {_p50(change.announcing for change in changes)}, drawn {_p50(change.drawing for change in changes)}, "
        f"sent {_p50(change.sending for change in changes)}; {' or '.join(map(str, draws))} drawings in {done.processes} processes; "
        f"{done.lost[boards]} boards without the last change",
    )  # fmt: skip
    bare = [change.bare for change in changes]
    bound = boards >= 500
    for kind in (OWN, CORE, PUBSUB, PLAIN):
        ratio, most = median(bare) / median(others[kind]), 1.5 if kind == PLAIN else 0.25
        yield Line(
            f"{boards:,} boards: without the drawing", *_times(bare), floor=f"{TOLD[kind]} {ms(median(others[kind]))}",
            ratio=f"{ratio:.2f}x", target=f"at most {most}x" if bound else "", met=ratio <= most if bound else None,
        )  # fmt: skip


def _times(seconds: Sequence[float]) -> tuple[str, str]:
    ordered = sorted(seconds)
    return ms(median(ordered)), ms(ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))])


def _p50(seconds: Iterable[float]) -> str:
    return ms(median(seconds))


def memory(done: Spread) -> Section:
    """Part 5 of the table."""
    names = {OURS: "Stepwell's board", OWN: TOLD[OWN], CORE: TOLD[CORE], PUBSUB: TOLD[PUBSUB], PLAIN: TOLD[PLAIN]}
    floor = done.weights[PLAIN]
    lines = [
        Line(f"a process at rest: {name}", f"{done.rest[name] / 2**20:.0f} MB")
        for name in ("stepwell", "stock", "plain")
    ]
    for kind, told in names.items():
        for size, grown in done.weights[kind].items():
            bound = kind == OURS
            lines.append(Line(
                f"a socket of {size:,}: {told}", f"{grown / 1024:.1f} kB", floor=f"{TOLD[PLAIN]} {floor[size] / 1024:.1f} kB",
                ratio=f"{grown / floor[size]:.1f}x" if floor[size] else "", target="under 60 kB" if bound else "",
                met=grown < 60 * 1024 if bound else None,
            ))  # fmt: skip
    said = [
        f"Resident memory of both processes together, over what they had with one socket each; after the changes of part 3 a "
        f"process of Stepwell had {done.after / 2**20:.0f} MB."
    ]
    return Section("5. Memory", lines, said)
