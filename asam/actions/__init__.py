"""What can people do here? Rate, which the catalog answers with a proposal; and decide, which only a person does."""

from asam.actions.assessments import Support, assess, prescreen, stored
from asam.actions.decisions import already_decided, decide

__all__ = ["Support", "already_decided", "assess", "decide", "prescreen", "stored"]
