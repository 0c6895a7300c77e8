"""How levels of care look in templates: ``{% load care %}``."""

from django import template

from programs.rules.band import level_class as of_level
from programs.rules.band import said_days

register = template.Library()


@register.filter
def level_class(level: str) -> str:
    """The class of a level: 'level-3-7'."""
    return of_level(level)


@register.filter
def days(count: int) -> str:
    """'today', '1 day', '21 days'."""
    return said_days(count)
