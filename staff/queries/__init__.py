"""What do the pages about who works here need?"""

from staff.queries.duty import OnDuty, duty_of, on_duty, who_may_sign
from staff.queries.people import Held, Member, members, who_works_at
from staff.queries.pins import PinState, newest_pin, pin_state, pin_states, standing_of

__all__ = [
    "Held", "Member", "OnDuty", "PinState", "duty_of", "members", "newest_pin", "on_duty", "pin_state", "pin_states",
    "standing_of", "who_may_sign", "who_works_at",
]  # fmt: skip
