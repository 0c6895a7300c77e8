"""What is written about a client that belongs to no single room: notes, allergies and scores."""

from chart.models.allergies import Allergy
from chart.models.notes import Note
from chart.models.scores import Score

__all__ = ["Allergy", "Note", "Score"]
