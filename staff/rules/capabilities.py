"""Who may do what: a role is a set of capabilities, in one table. Printed in docs/roles.md by a test."""

from enum import StrEnum


class Capability(StrEnum):
    """One thing a person may be allowed to do; the value is stable, the label is a sentence's end."""

    label: str

    def __new__(cls, value: str, label: str) -> "Capability":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    SEE_BEDS = "beds.see", "see the bed board"
    ASSIGN_BEDS = "beds.assign", "hold and assign beds"
    CLEAN_BEDS = "beds.clean", "accept and finish cleaning"
    ADMIT = "admissions.admit", "admit a person from the placement list"
    SEE_PASS = "emar.see", "see the medication pass"
    GIVE_DOSES = "emar.administer", "chart doses"
    WRITE_ORDERS = "emar.order", "write medication orders"
    SEE_GROUPS = "groups.see", "see groups and rosters"
    RUN_GROUPS = "groups.run", "take attendance and write group notes"
    SEE_LEVELS = "asam.see", "see level-of-care reviews"
    RATE = "asam.rate", "enter level-of-care ratings"
    DECIDE = "asam.decide", "decide a level of care and step a client"
    OPEN_CHART = "chart.open", "open a client's chart"
    WRITE_NOTES = "chart.write", "write in a client's chart"
    SEE_AUDIT = "audit.see", "read the audit trail"
    SEE_STAFF = "staff.see", "see who works here and in which role"
    MANAGE_STAFF = "staff.manage", "give and end roles"


class Role(StrEnum):
    """What someone works as, at a site, for a period."""

    label: str

    def __new__(cls, value: str, label: str) -> "Role":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    NURSE = "nurse", "Nurse"
    PRESCRIBER = "prescriber", "Prescriber"
    FACILITATOR = "facilitator", "Group facilitator"
    INTAKE = "intake", "Intake coordinator"
    DIRECTOR = "director", "Clinical director"
    TECHNICIAN = "technician", "Technician"
    HOUSEKEEPING = "housekeeping", "Housekeeping"
    BILLER = "biller", "Biller"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


C = Capability
_CLINICAL_SIGHT = {C.SEE_BEDS, C.SEE_PASS, C.SEE_GROUPS, C.SEE_LEVELS, C.OPEN_CHART}

CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.NURSE: frozenset(_CLINICAL_SIGHT | {C.GIVE_DOSES, C.WRITE_NOTES, C.CLEAN_BEDS}),
    Role.PRESCRIBER: frozenset(_CLINICAL_SIGHT | {C.WRITE_ORDERS, C.WRITE_NOTES, C.RATE}),
    Role.FACILITATOR: frozenset({C.SEE_BEDS, C.SEE_GROUPS, C.RUN_GROUPS, C.SEE_LEVELS, C.RATE, C.OPEN_CHART, C.WRITE_NOTES}),
    Role.INTAKE: frozenset({C.SEE_BEDS, C.ASSIGN_BEDS, C.CLEAN_BEDS, C.ADMIT, C.OPEN_CHART}),
    Role.DIRECTOR: frozenset(
        _CLINICAL_SIGHT | {C.ASSIGN_BEDS, C.ADMIT, C.RUN_GROUPS, C.RATE, C.DECIDE, C.WRITE_NOTES, C.SEE_AUDIT, C.SEE_STAFF}
    ),
    Role.TECHNICIAN: frozenset({C.SEE_BEDS, C.CLEAN_BEDS, C.SEE_GROUPS}),
    Role.HOUSEKEEPING: frozenset({C.CLEAN_BEDS}),
    Role.BILLER: frozenset({C.SEE_GROUPS}),
    Role.AUDITOR: frozenset({C.SEE_AUDIT, C.SEE_STAFF}),
    Role.ADMINISTRATOR: frozenset({C.SEE_STAFF, C.MANAGE_STAFF, C.SEE_AUDIT}),
}


def allows(role: Role, capability: Capability) -> bool:
    """True where the role carries the capability."""
    return capability in CAPABILITIES[role]


def roles_with(capability: Capability) -> tuple[Role, ...]:
    """The roles that carry a capability, in the order people read them."""
    return tuple(role for role in Role if allows(role, capability))


def who_may(capability: Capability) -> str:
    """'an intake coordinator or clinical director': whom to ask."""
    who = " or ".join(role.label.lower() for role in roles_with(capability))
    return f"{'an' if who[0] in 'aeiou' else 'a'} {who}"
