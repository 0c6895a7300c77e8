"""No task names a client in its title or line: the list shows who it is about by a link, to whoever may open the chart."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = {"called", "short_name", "initials", "first_name", "last_name", "preferred_name", "legal_name", "full_name"}
ROOMS = ("admissions", "asam", "beds", "chart", "config", "emar", "groups", "programs")


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of raise_task in the product, with where it stands."""
    for path in (each for room in ROOMS for each in sorted((ROOT / room).rglob("*.py"))):
        if "raise_task" not in (text := path.read_text()):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "raise_task":
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def names_a_client(call: ast.Call) -> bool:
    """Whether the title or the line is made with a name of somebody, or with a client as such."""
    said = [each.value for each in call.keywords if each.arg in {"title", "line"}]
    return any(
        (isinstance(part, ast.Attribute) and part.attr in NAMES) or (isinstance(part, ast.Name) and part.id == "client")
        for words in said
        for part in ast.walk(words)
    )


def test_no_title_or_line_of_a_task_is_made_of_a_name() -> None:
    found = list(calls())
    assert len(found) >= 7
    assert [where for where, call in found if names_a_client(call)] == []


def test_the_guard_sees_a_name() -> None:
    call = ast.parse('raise_task(title=f"Call {client.called}", line="")').body[0].value  # type: ignore[attr-defined]
    assert names_a_client(call)
    whole = ast.parse('raise_task(title="Call", line=f"For {client}")').body[0].value  # type: ignore[attr-defined]
    assert names_a_client(whole)
