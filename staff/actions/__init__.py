"""What can people do about who works here, who is on duty, and how they sign?"""

from staff.actions.duty import come_on, go_off
from staff.actions.own_pin import set_pin, take_pin
from staff.actions.pins import prove, use
from staff.actions.roles import end_role, give_role
from staff.actions.signatures import sign

__all__ = ["come_on", "end_role", "give_role", "go_off", "prove", "set_pin", "sign", "take_pin", "use"]
