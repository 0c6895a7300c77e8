"""The threat model names what holds: each test it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = set(re.findall(r"`([a-z_0-9]+/test_[a-z_0-9]+\.py)`", (ROOT / "docs" / "threat-model.md").read_text()))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / "tests" / name).is_file()] == []
