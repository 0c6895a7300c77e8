"""Pages of this room. ``decision_form`` and ``decision_page`` are used by the room above, which carries a decision out."""

from asam.views.decisions import decision_form, decision_page

__all__ = ["decision_form", "decision_page"]
