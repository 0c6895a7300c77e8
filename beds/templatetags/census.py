"""How census figures are said in templates: ``{% load census %}``."""

from django import template

from beds.rules.census import words

register = template.Library()
register.filter("thousands", words.thousands)
register.filter("percent", words.percent)
register.filter("average", words.average)
register.filter("duration", words.duration)
