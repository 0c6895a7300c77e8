"""The scales that ship: one file each, read once. Bands are data, so a change of them is a change of a file."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from chart.rules.scale_file import scale_from
from chart.rules.scales import Scale

HERE = Path(__file__).parent


@cache
def scales() -> Mapping[str, Scale]:
    """Every scale by its code, in the order of the files. Raises ValueError for a file that is wrong, with its name."""
    found: dict[str, Scale] = {}
    for path in sorted(HERE.glob("*.toml")):
        try:
            scale = scale_from(path.read_text("utf-8"))
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        if scale.code in found:
            raise ValueError(f"{path.name}: another file has the code {scale.code}.")
        found[scale.code] = scale
    for scale in found.values():
        follows = scale.cadence.follows
        if follows is not None and (follows.scale not in found or found[follows.scale].whole is None):
            raise ValueError(f"{scale.name} follows {follows.scale}, which is no scale with a total.")
    return MappingProxyType(found)


def scale(code: str) -> Scale | None:
    """One scale; None where there is none of that code."""
    return scales().get(code)


def withdrawal_scales() -> Mapping[str, Scale]:
    """The scales that doses go by."""
    return MappingProxyType({code: each for code, each in scales().items() if each.kind == "withdrawal"})
