"""Who may do what: a role is a set of capabilities, in one table. Printed in docs/roles.md by a test."""

from enum import StrEnum


class Capability(StrEnum):
    """One thing a person may be allowed to do; the value is stable."""

    SEE_BEDS = "beds.see"
    ASSIGN_BEDS = "beds.assign"
    CLEAN_BEDS = "beds.clean"
    ADMIT = "admissions.admit"
    LEAVES = "admissions.leaves"
    DISCHARGE = "admissions.discharge"
    PRECAUTIONS = "programs.precautions"
    KEEP_APART = "programs.keep_apart"
    SEE_PASS = "emar.see"
    GIVE_DOSES = "emar.administer"
    CORRECT_DOSES = "emar.correct"
    WRITE_ORDERS = "emar.order"
    FORMULARY = "emar.formulary"
    VERBAL_ORDERS = "emar.verbal_order"
    WITNESS = "emar.witness"
    STOCK = "emar.stock"
    STOCK_SUPERVISE = "emar.stock_supervise"
    LABELS = "emar.labels"
    DOWNTIME = "emar.downtime"
    SEE_GROUPS = "groups.see"
    RUN_GROUPS = "groups.run"
    PLAN_GROUPS = "groups.plan"
    SEE_LEVELS = "asam.see"
    RATE = "asam.rate"
    DECIDE = "asam.decide"
    OPEN_CHART = "chart.open"
    WRITE_NOTES = "chart.write"
    SCORE = "chart.score"
    SEE_AUDIT = "audit.see"
    SEE_STAFF = "staff.see"
    MANAGE_STAFF = "staff.manage"
    TABLETS = "staff.tablets"

    @property
    def label(self) -> str:
        """The end of the sentence 'You may ...'."""
        return _MAY[self]


class Role(StrEnum):
    """What someone works as, at a site, for a period."""

    NURSE = "nurse"
    PRESCRIBER = "prescriber"
    FACILITATOR = "facilitator"
    INTAKE = "intake"
    DIRECTOR = "director"
    TECHNICIAN = "technician"
    HOUSEKEEPING = "housekeeping"
    BILLER = "biller"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role in words."""
        return _ROLE_NAMES[self]


_MAY = {
    Capability.SEE_BEDS: "see the bed board",
    Capability.ASSIGN_BEDS: "hold and assign beds",
    Capability.CLEAN_BEDS: "accept and finish cleaning",
    Capability.ADMIT: "keep the placement list and admit from it",
    Capability.LEAVES: "record leaves and returns",
    Capability.DISCHARGE: "discharge a client",
    Capability.PRECAUTIONS: "set precautions",
    Capability.KEEP_APART: "see and write keep-apart rules",
    Capability.SEE_PASS: "see the medication pass",
    Capability.GIVE_DOSES: "chart doses",
    Capability.CORRECT_DOSES: "correct what was charted",
    Capability.WRITE_ORDERS: "write medication orders",
    Capability.FORMULARY: "keep the formulary",
    Capability.VERBAL_ORDERS: "write down a prescriber's verbal order",
    Capability.WITNESS: "witness a waste, a count or a double check",
    Capability.STOCK: "count and move controlled stock",
    Capability.STOCK_SUPERVISE: "resolve a count that does not agree and write off stock",
    Capability.LABELS: "print wristbands and labels",
    Capability.DOWNTIME: "print the downtime packet and enter what was done on paper",
    Capability.SEE_GROUPS: "see groups and rosters",
    Capability.RUN_GROUPS: "take attendance and write group notes",
    Capability.PLAN_GROUPS: "plan groups and holidays",
    Capability.SEE_LEVELS: "see level-of-care reviews",
    Capability.RATE: "enter level-of-care ratings",
    Capability.DECIDE: "decide a level of care and step a client",
    Capability.OPEN_CHART: "open a client's chart",
    Capability.WRITE_NOTES: "write in a client's chart",
    Capability.SCORE: "score a withdrawal scale",
    Capability.SEE_AUDIT: "read the audit trail",
    Capability.SEE_STAFF: "see who works here and in which role",
    Capability.MANAGE_STAFF: "give and end roles",
    Capability.TABLETS: "register and revoke tablets",
}
_ROLE_NAMES = {
    Role.NURSE: "Nurse",
    Role.PRESCRIBER: "Prescriber",
    Role.FACILITATOR: "Group facilitator",
    Role.INTAKE: "Intake coordinator",
    Role.DIRECTOR: "Clinical director",
    Role.TECHNICIAN: "Technician",
    Role.HOUSEKEEPING: "Housekeeping",
    Role.BILLER: "Biller",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
}

C = Capability
_CLINICAL_SIGHT = {C.SEE_BEDS, C.SEE_PASS, C.SEE_GROUPS, C.SEE_LEVELS, C.OPEN_CHART}

CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.NURSE: frozenset(
        _CLINICAL_SIGHT
        | {C.GIVE_DOSES, C.CORRECT_DOSES, C.VERBAL_ORDERS, C.WRITE_NOTES, C.SCORE, C.CLEAN_BEDS}
        | {C.LEAVES, C.DISCHARGE, C.PRECAUTIONS, C.KEEP_APART}
        | {C.WITNESS, C.STOCK, C.LABELS, C.DOWNTIME}
    ),
    Role.PRESCRIBER: frozenset(
        _CLINICAL_SIGHT
        | {
            C.WRITE_ORDERS,
            C.CORRECT_DOSES,
            C.FORMULARY,
            C.WITNESS,
            C.WRITE_NOTES,
            C.SCORE,
            C.RATE,
            C.DISCHARGE,
            C.PRECAUTIONS,
            C.KEEP_APART,
        }
    ),
    Role.FACILITATOR: frozenset(
        {C.SEE_BEDS, C.SEE_GROUPS, C.RUN_GROUPS, C.SEE_LEVELS, C.RATE, C.OPEN_CHART, C.WRITE_NOTES, C.KEEP_APART}
    ),
    Role.INTAKE: frozenset({C.SEE_BEDS, C.ASSIGN_BEDS, C.CLEAN_BEDS, C.ADMIT, C.LEAVES, C.OPEN_CHART, C.LABELS}),
    Role.DIRECTOR: frozenset(
        _CLINICAL_SIGHT
        | {C.ASSIGN_BEDS, C.CLEAN_BEDS, C.ADMIT, C.LEAVES, C.DISCHARGE, C.PRECAUTIONS, C.KEEP_APART}
        | {C.CORRECT_DOSES, C.FORMULARY, C.RUN_GROUPS, C.RATE, C.DECIDE, C.WRITE_NOTES, C.SEE_AUDIT, C.SEE_STAFF}
        | {C.WITNESS, C.STOCK_SUPERVISE, C.LABELS, C.TABLETS, C.PLAN_GROUPS}
    ),
    Role.TECHNICIAN: frozenset({C.SEE_BEDS, C.CLEAN_BEDS, C.SEE_GROUPS, C.LEAVES}),
    Role.HOUSEKEEPING: frozenset({C.CLEAN_BEDS}),
    Role.BILLER: frozenset({C.SEE_GROUPS}),
    Role.AUDITOR: frozenset({C.SEE_AUDIT, C.SEE_STAFF}),
    Role.ADMINISTRATOR: frozenset({C.SEE_STAFF, C.MANAGE_STAFF, C.SEE_AUDIT, C.FORMULARY, C.TABLETS}),
}


def allows(role: Role, capability: Capability) -> bool:
    """True where the role carries the capability."""
    return capability in CAPABILITIES[role]


def roles_with(capability: Capability) -> tuple[Role, ...]:
    """The roles that carry a capability, in the order people read them."""
    return tuple(role for role in Role if allows(role, capability))


def who_may(capability: Capability) -> str:
    """'an intake coordinator or clinical director': whom to ask."""
    *others, last = (role.label.lower() for role in roles_with(capability))
    who = f"{', '.join(others)} or {last}" if others else last
    return f"{'an' if who[0] in 'aeiou' else 'a'} {who}"
