"""The panels of drug screens that the program uses: one file each, read once. A change of a panel is a change of a file; a screen
keeps the substances as they were."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from chart.rules.screens import Panel, panel_from

HERE = Path(__file__).parent


@cache
def panels() -> Mapping[str, Panel]:
    """Every panel by its code, in the order of the files. Raises ValueError for a file that is wrong, with its name."""
    found: dict[str, Panel] = {}
    for path in sorted(HERE.glob("*.toml")):
        try:
            panel = panel_from(path.read_text("utf-8"))
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        found[panel.code] = panel
    return MappingProxyType(found)
