"""What can people do about who works here, who is on duty, and how they sign?"""

from staff.actions.duty import come_on, go_off
from staff.actions.own_pin import set_pin, take_pin
from staff.actions.pins import prove, use
from staff.actions.roles import end_role, give_role
from staff.actions.services import close_service, give_token, make_service, new_token, revoke_token
from staff.actions.sessions import end_session, end_sessions
from staff.actions.signatures import sign

__all__ = [
    "close_service", "come_on", "end_role", "end_session", "end_sessions", "give_role", "give_token", "go_off", "make_service",
    "new_token", "prove", "revoke_token", "set_pin", "sign", "take_pin", "use",
]  # fmt: skip
