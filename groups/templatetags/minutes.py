"""How minutes are said in templates: ``{% load minutes %}``."""

from django import template

from groups.rules.minutes import say_minutes

register = template.Library()


@register.filter
def said(minutes: int) -> str:
    """'6 h 40', '9 h', '45 min'; a dash for none."""
    return say_minutes(minutes) if minutes else "\N{EN DASH}"
