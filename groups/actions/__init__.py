"""What can people do in the groups room? Plan, mark who came, write their part of the note, sign it."""

from groups.actions.amend import Facts, amend_series
from groups.actions.attendance import depart, mark, mark_all_here
from groups.actions.leading import add_facilitator, remove_facilitator
from groups.actions.notes import begin_part, take_over, write_part
from groups.actions.objectives import name_objectives
from groups.actions.planning import ensure_planned
from groups.actions.series import (
    When,
    begin_series,
    change_findings,
    change_series,
    choose_member,
    drop_holiday,
    end_findings,
    end_series,
    keep_holiday,
    let_go,
)
from groups.actions.sessions import cancel_session, invite, make_up, move_session, plan_individual, withdraw
from groups.actions.signing import add_to_part, cosign_parts, sign_parts

__all__ = [
    "Facts", "When", "add_facilitator", "add_to_part", "amend_series", "begin_part", "begin_series", "cancel_session",
    "change_findings", "change_series", "choose_member", "cosign_parts", "depart", "drop_holiday", "end_findings",
    "end_series", "ensure_planned", "invite", "keep_holiday", "let_go", "make_up", "mark", "mark_all_here",
    "move_session", "name_objectives", "plan_individual", "remove_facilitator", "sign_parts", "take_over", "withdraw", "write_part",
]  # fmt: skip
