"""Finds the ways out of the house: views that answer something other than a page, operations of the API, and calls that leave a process."""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI

ROOT = Path(__file__).resolve().parent.parent.parent
HOUSE = (
    "config", "fhir_r4", "admissions", "asam", "beds", "emar", "groups", "chart", "privacy", "programs", "staff", "audit", "live",
    "documents",
)  # fmt: skip
ALWAYS = (FileResponse, StreamingHttpResponse, JsonResponse)
LEAVING = frozenset({
    "socket", "urllib.request", "http.client", "requests", "httpx", "aiohttp", "smtplib", "ftplib", "telnetlib", "paramiko", "boto3",
    "django.core.mail", "websockets", "twilio",
})  # fmt: skip
"""Modules with which something can leave the process."""


def views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(route, view) of every address."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def layers(view: Any) -> Iterator[FunctionType]:
    """A view of ours and what is wrapped around it, outermost first."""
    while view is not None:
        if isinstance(view, FunctionType) and ours(view):
            yield view
        view = getattr(view, "__wrapped__", None)


def named(function: Callable[..., object]) -> str:
    """'chart.views.papers.face_paper'."""
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__name__)}"


def ours(thing: object) -> bool:
    """True for what stands in one of the rooms."""
    return str(getattr(thing, "__module__", "")).partition(".")[0] in HOUSE


KNOWN: dict[FunctionType, bool] = {}


def leaves(function: FunctionType) -> bool:
    """True where this function, or one of ours that it calls, makes an answer that is no page. Each function is read once."""
    if function not in KNOWN:
        KNOWN[function] = False  # while it is being read: whoever calls it back finds nothing new there
        KNOWN[function] = _leaves(function)
    return KNOWN[function]


def _leaves(function: FunctionType) -> bool:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        target = _resolved(call.func, function.__globals__)
        answers = inspect.isclass(target) and issubclass(target, HttpResponseBase)
        if answers and (issubclass(target, ALWAYS) or (target is HttpResponse and _typed(call))):
            return True
        inner = inspect.unwrap(target) if callable(target) else None
        if isinstance(inner, FunctionType) and ours(inner) and leaves(inner):
            return True
    return False


def _typed(call: ast.Call) -> bool:
    """True where an answer is told what it is: a content type, or headers that are not plainly about something else."""
    if len(call.args) > 1 or any(keyword.arg in {"content_type", None} for keyword in call.keywords):
        return True
    headers = next((keyword.value for keyword in call.keywords if keyword.arg == "headers"), None)
    if isinstance(headers, ast.Dict):
        names = [str(getattr(key, "value", "content-")).lower() for key in headers.keys]
        return any(name.startswith("content-") for name in names)
    return headers is not None


def _resolved(node: ast.expr, around: dict[str, Any]) -> Any:
    """The object that a name, or a name in a module, stands for; None where it is neither."""
    if isinstance(node, ast.Name):
        return around.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        holder = around.get(node.value.id)
        return getattr(holder, node.attr, None) if isinstance(holder, ModuleType) else None
    return None


def reaches(function: FunctionType, wanted: Collection[object], seen: set[FunctionType] | None = None) -> bool:
    """True where this function, or one of ours that it names, names one of ``wanted``."""
    seen = set() if seen is None else seen
    seen.add(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in (each for each in ast.walk(tree) if isinstance(each, ast.Name | ast.Attribute)):
        target = _resolved(node, function.__globals__)
        inner = inspect.unwrap(target) if callable(target) else None
        if any(target is each or inner is inspect.unwrap(each) for each in wanted if target is not None):  # type: ignore[arg-type]
            return True
        if isinstance(inner, FunctionType) and ours(inner) and inner not in seen and reaches(inner, wanted, seen):
            return True
    return False


def operations(api: NinjaAPI) -> Iterator[tuple[str, str]]:
    """(path, name of the function) of every operation of the API."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield f"{prefix}{path}", named(inspect.unwrap(operation.view_func))


def leaving_imports(source: str) -> set[str]:
    """The modules of LEAVING that a source imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found |= {wanted for wanted in LEAVING for name in names if name == wanted or name.startswith(f"{wanted}.")}
    return found


def sources() -> Iterator[Path]:
    """Every Python file of the rooms."""
    for room in HOUSE:
        yield from sorted((ROOT / room).rglob("*.py"))


def loaded(name: str) -> object:
    """What a dotted name stands for; None where there is nothing."""
    module, _, last = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), last, None)
    except ImportError:
        return None
