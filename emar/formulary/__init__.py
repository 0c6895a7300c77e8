"""The starter formulary: what programs of this kind commonly use, as the file that the import reads."""

from pathlib import Path

STARTER = Path(__file__).parent / "starter.csv"


def starter() -> bytes:
    """The file as it lies here."""
    return STARTER.read_bytes()
