"""What can people do in a group session? Mark who came, write their part of the note, sign it."""

from groups.actions.attendance import mark, mark_all_here
from groups.actions.notes import begin_part, sign_parts, write_part

__all__ = ["begin_part", "mark", "mark_all_here", "sign_parts", "write_part"]
