"""What the card of a bed asks for: ``{% load bedcard %}``."""

from datetime import datetime

from django import template

from beds.board import Look
from beds.queries import words
from beds.queries.cards import Card

register = template.Library()


@register.simple_tag(name="said")
def card_said(card: Card, look: Look, at: datetime) -> words.Said:
    """Who and when, in the words of this look."""
    return words.said(card, words.View(names=look.shows_names, brief=look.wall, at=at))


@register.filter
def level_of(card: Card) -> str:
    """The level of the bed's unit, '' for a recovery residence."""
    return next(iter(card.facts.levels), "")


FIT_ICONS = {
    "fits": "check", "override": "message-square-warning", "no": "x",
    "swap": "arrow-left-right", "swap-override": "arrow-left-right",
}  # fmt: skip


@register.filter
def fit_icon(fit: str) -> str:
    """The icon of a fit."""
    return FIT_ICONS[fit]
