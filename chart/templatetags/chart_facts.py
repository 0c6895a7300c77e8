"""Filters of the pages of a chart's facts."""

from collections.abc import Mapping

from django import template

from chart.queries.screens import Line

register = template.Library()


@register.filter
def chosen(line: Line, typed: Mapping[str, str]) -> str:
    """The result that a substance's field begins with: what was typed, else what stands."""
    return typed.get(f"result-{line.code}", line.result.result if line.result else "")


@register.filter
def explained(line: Line, typed: Mapping[str, str]) -> str:
    """The words that explain a result: what was typed, else what stands."""
    return typed.get(f"explained-{line.code}", line.result.explained if line.result else "")


@register.filter
def wrong_at(wrong: Mapping[str, str], name: str) -> str:
    """The sentence beside a field, by its name; '' where there is none."""
    return wrong.get(name, "")
