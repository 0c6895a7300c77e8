"""What is recorded of the people who work here: accounts, roles, signatures, who is on duty, and the PINs they sign with."""

from staff.models.cosign import AwaitedName
from staff.models.duty import Duty
from staff.models.people import Person, RoleAssignment, Signature, TsTzRange, as_range
from staff.models.pins import Pin, PinTry, Proof
from staff.models.services import ServiceAccount, ServiceToken
from staff.models.sessions import SignedIn

__all__ = [
    "AwaitedName",
    "Duty",
    "Person",
    "Pin",
    "PinTry",
    "Proof",
    "RoleAssignment",
    "ServiceAccount",
    "ServiceToken",
    "Signature",
    "SignedIn",
    "TsTzRange",
    "as_range",
]
