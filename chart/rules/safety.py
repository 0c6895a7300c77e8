"""A safety plan: its sections in neutral words, and what may stand in them. The words in it are the client's own."""

from collections.abc import Mapping
from typing import NamedTuple

from audit.rules.findings import Finding, stop

LONGEST = 2_000  # letters of a section


class Section(NamedTuple):
    """One heading, with the question under it."""

    code: str
    title: str
    ask: str


SECTIONS = (
    Section("signs", "How I notice that it is getting hard", "Thoughts, feelings, places or habits that come first"),
    Section("coping", "What I can do on my own", "What has helped before, without anybody else"),
    Section("places", "People and places that take my mind off it", "Names, phone numbers, places to go"),
    Section("ask", "Whom I ask for help", "People who know, with a phone number each"),
    Section("professionals", "Professionals and services", "Names, phone numbers, where to go at night"),
    Section("surroundings", "What makes my surroundings safer", "What to put away, and who keeps it"),
)
"""Neutral headings of the program; no published form is copied. 988 is the national lifeline's public number."""

LIFELINE = "In the United States, call or text 988 at any hour. In danger of life, call 911."
AT_LEAST = ("signs", "ask")


def check_sections(sections: Mapping[str, str]) -> list[Finding]:
    """What is wrong with a plan: a section that must be there is empty, too long, or is none of ours."""
    found = []
    titles = {each.code: each.title for each in SECTIONS}
    for code, words in sections.items():
        if code not in titles:
            found.append(stop("safety.section", "There is no such section. Reload the page.", field=code))
        elif "\x00" in words:
            found.append(stop("safety.sign", "There is a sign in it that cannot be kept. Type it anew.", field=code))
        elif len(words.strip()) > LONGEST:
            message = f"That is {len(words.strip())} letters; {LONGEST} fit. Keep what helps at a bad hour."
            found.append(stop("safety.long", message, field=code))
    for code in AT_LEAST:
        if not sections.get(code, "").strip():
            message = f"Write something under '{titles[code]}': a plan without it does not help."
            found.append(stop("safety.missing", message, field=code))
    return found
