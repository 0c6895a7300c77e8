"""Walk the house as somebody would: from page to page by its links, gathering every form with its fields."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client as Session
from django.urls import Resolver404, get_resolver, resolve
from django.urls.resolvers import URLPattern, URLResolver

LEAVE = ("/accounts/logout", "/demo/", "/static/")
MOST = 1  # pages of one address pattern


@dataclass(frozen=True)
class Form:
    """Where it is sent, how, and what it says before anybody changes it."""

    action: str
    method: str
    fields: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Its fields by name."""
        return tuple(dict.fromkeys(name for name, _ in self.fields))


@dataclass
class Found(HTMLParser):
    """The links and forms of one page."""

    at: str
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._form: tuple[str, str] | None = None
        self._fields: list[tuple[str, str]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Links, forms, and what stands in them."""
        said = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get"):
            if said.get(name):
                self.links.append(urljoin(self.at, said[name]))
        if said.get("hx-post"):
            self.forms.append(
                Form(
                    _path(urljoin(self.at, said["hx-post"])),
                    "post",
                    ((said.get("name", "value"), said.get("value", "")),),
                )
            )
        if tag == "form":
            self._form = (_path(urljoin(self.at, said.get("action", ""))), said.get("method", "get").lower())
            self._fields = []
        elif self._form and said.get("name") and tag in ("input", "textarea", "button"):
            if (
                said.get("type") not in ("checkbox", "radio")
                or "checked" in said
                or said["name"] not in dict(self._fields)
            ):
                self._fields.append((said["name"], said.get("value", "")))
        elif self._form and tag == "select" and said.get("name"):
            self._select = said["name"]
            self._fields.append((self._select, ""))
        elif tag == "option" and self._select and said.get("value") and dict(self._fields).get(self._select) == "":
            self._fields = [each for each in self._fields if each[0] != self._select] + [(self._select, said["value"])]

    def handle_endtag(self, tag: str) -> None:
        """A form is whole when it ends."""
        if tag == "select":
            self._select = ""
        if tag == "form" and self._form:
            self.forms.append(Form(*self._form, tuple(self._fields)))
            self._form = None


def walk(session: Session, at_most: int = 10_000) -> tuple[list[str], list[Form]]:
    """Every page that can be reached by links from the plain addresses, one of each pattern (``at_most`` in all), and their forms."""
    seen: Counter[str] = Counter()
    visited: list[str] = []
    forms: dict[tuple[str, str, tuple[str, ...]], Form] = {}
    waiting = deque(["/", *plain()])
    while waiting and len(visited) < at_most:
        address = waiting.popleft()
        parts = urlsplit(address)
        route = route_of(parts.path)
        shape = f"{route}?{'&'.join(sorted(name for name, _ in parse_qsl(parts.query)))}"
        if parts.netloc or not route or address.startswith(LEAVE) or seen[shape] >= MOST:
            continue
        seen[shape] += 1
        answer = session.get(address)
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            if answer.status_code in (301, 302):
                waiting.append(urljoin(address, answer["Location"]))
            continue
        visited.append(address)
        found = Found(address)
        found.feed(answer.content.decode("utf-8", "replace"))
        waiting.extend(found.links)
        for form in found.forms:
            forms.setdefault((route_of(urlsplit(form.action).path), form.method, form.names), form)
    return visited, list(forms.values())


def route_of(path: str) -> str:
    """The pattern of an address, '' for one that is not the house's."""
    try:
        return str(resolve(path).route) or "home"
    except Resolver404:
        return ""


def plain(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "/") -> Iterator[str]:
    """The addresses without a parameter."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from plain(pattern.url_patterns, route)
        elif "<" not in route and "(" not in route and "^" not in route:
            yield route


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
