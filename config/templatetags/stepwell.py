"""Template words used everywhere."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

register = template.Library()

BED_STATES = {
    "available": "free", "held": "held", "occupied": "occupied", "on_leave": "leave", "cleaning": "cleaning",
    "being_cleaned": "being-cleaned", "out_of_service": "closed",
}  # fmt: skip


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon beside its word, drawn once a process: a page has some hundred, and lucide copies and writes each anew."""
    attributes: dict[str, Any] = {"class": "icon", "aria_hidden": "true"}
    return SafeString(lucide(name, **attributes))


@register.filter
def as_input(field: BoundField) -> str:
    """A field of somebody else's form (sign-in, second factor) in our own look."""
    plain = isinstance(field.field.widget, (CheckboxInput, RadioSelect))
    return field.as_widget(attrs={} if plain else {"class": "input"})


@register.filter
def get(words: Mapping[str, str], key: str) -> str:
    """The value under a key, '' where there is none."""
    return words.get(key, "") if words else ""


@register.filter
def bed_state(state: str) -> str:
    """The look's word for a bed's state."""
    return BED_STATES[str(state)]
