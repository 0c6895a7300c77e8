"""A mapping read by a key that a template holds: ``{% load plan_tags %}{{ page.going|of:row.thread }}``."""

from collections.abc import Mapping
from typing import TypeVar

from django import template

register = template.Library()
V = TypeVar("V")


@register.filter
def of(found: Mapping[object, V], key: object) -> V | None:
    """What stands under a key, None where nothing does."""
    return found.get(key)
