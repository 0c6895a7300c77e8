"""The head of a chart in templates: ``{% load chart_head %}{% chart_tabs head here as tabs %}``."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import template
from django.urls import reverse

from chart.queries.head import Head
from chart.tabs import TABS, Tab
from programs.desk import Desk
from staff.rules.capabilities import allows

register = template.Library()


@dataclass(frozen=True)
class Shown:
    """A tab that this person may open; ``here`` where it is the open one."""

    label: str
    icon: str
    address: str
    here: bool


@register.simple_tag(takes_context=True)
def chart_tabs(context: Mapping[str, object], head: Head, here: str) -> list[Shown]:
    """The tabs that the person at the desk may open. No query."""
    desk = context["desk"]
    assert isinstance(desk, Desk)
    return [
        Shown(tab.label, tab.icon, _address(tab, head), tab.name == here) for tab in TABS if _opens(tab, head, desk)
    ]


def _opens(tab: Tab, head: Head, desk: Desk) -> bool:
    if tab.placed and (head.placement is None or head.site.pk != desk.site.pk):
        return False
    sites = {head.site.pk, desk.site.pk}
    return any(post.site_id in sites and allows(post.role, tab.capability) for post in desk.posts)


def _address(tab: Tab, head: Head) -> str:
    return reverse(tab.address, args=[head.episode.pk if tab.of_episode and head.episode else head.client.pk])
