"""What do the pages about who works here need?"""

from staff.queries.duty import OnDuty, duty_of, on_duty, who_may_sign
from staff.queries.people import Held, Member, members, who_works_at
from staff.queries.pins import PinState, newest_pin, pin_state, pin_states, standing_of
from staff.queries.services import Service, services
from staff.queries.sessions import Open, sessions_of

__all__ = [
    "Held", "Member", "OnDuty", "Open", "PinState", "Service", "duty_of", "members", "newest_pin", "on_duty", "pin_state",
    "pin_states", "services", "sessions_of", "standing_of", "who_may_sign", "who_works_at",
]  # fmt: skip
