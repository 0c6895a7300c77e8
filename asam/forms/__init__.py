"""What is typed on the pages of this room."""

from asam.forms.decisions import ClientPartForm, DecisionForm

__all__ = ["ClientPartForm", "DecisionForm"]
