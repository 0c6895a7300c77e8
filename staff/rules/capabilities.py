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
    AUTHORISE = "asam.authorise"
    CATALOGS = "asam.catalogs"
    OPEN_CHART = "chart.open"
    WRITE_NOTES = "chart.write"
    KEEP_NOTES = "chart.keep_notes"
    MERGE = "chart.merge"
    PRINT_CHART = "chart.print"
    WRITE_PLANS = "chart.plan"
    SCORE = "chart.score"
    SEE_TASKS = "chart.tasks"
    REVIEW_CHARTS = "chart.review"
    DEADLINES = "chart.deadlines"
    SCALES = "chart.scales"
    VITALS = "chart.vitals"
    VITALS_LIMITS = "chart.vitals_limits"
    SAFETY_TASKS = "chart.safety_tasks"
    FACE_SHEET = "chart.face_sheet"
    ALLERGIES = "chart.allergies"
    DIAGNOSES = "chart.diagnoses"
    SAFETY_PLANS = "chart.safety_plans"
    COLLECT_SCREENS = "chart.collect_screens"
    RESULT_SCREENS = "chart.result_screens"
    BELONGINGS = "chart.belongings"
    SEE_ROUNDS = "unit.see_rounds"
    DO_ROUNDS = "unit.rounds"
    ORDER_ROUNDS = "unit.order_rounds"
    REPORT_INCIDENTS = "unit.report_incident"
    SEE_INCIDENTS = "unit.see_incidents"
    REVIEW_INCIDENTS = "unit.review_incidents"
    HAND_OFF = "unit.hand_off"
    SEE_HANDOFFS = "unit.see_handoffs"
    FINISH_DAY = "unit.finish_day"
    SEE_AUDIT = "audit.see"
    WATCH = "audit.watch"
    EXPORT_AUDIT = "audit.export"
    SEE_STAFF = "staff.see"
    MANAGE_STAFF = "staff.manage"
    TABLETS = "staff.tablets"
    END_SESSIONS = "staff.end_sessions"
    SERVICES = "staff.services"
    ACCESS_RULES = "staff.access_rules"
    REVIEW_GLASS = "chart.review_glass"
    SEE_CONSENTS = "privacy.see_consents"
    KEEP_CONSENTS = "privacy.keep_consents"
    RECIPIENTS = "privacy.recipients"
    ANSWER_CALLERS = "privacy.answer_callers"
    RELEASE = "privacy.release"
    SEE_DISCLOSURES = "privacy.see_disclosures"
    PRIVACY_DUTIES = "privacy.duties"
    WRITE_COUNSELING = "privacy.write_counseling"
    GRANT_COUNSELING = "privacy.grant_counseling"

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
    PRIVACY = "privacy"

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
    Capability.AUTHORISE: "keep what payers authorised",
    Capability.CATALOGS: "import, check and choose catalogs of rating codes",
    Capability.OPEN_CHART: "open a client's chart",
    Capability.WRITE_NOTES: "write in a client's chart",
    Capability.KEEP_NOTES: "change note templates and mark a colleague's note as entered in error",
    Capability.MERGE: "merge two records of one person",
    Capability.PRINT_CHART: "print a chart",
    Capability.WRITE_PLANS: "write and review treatment plans",
    Capability.SCORE: "score a withdrawal scale",
    Capability.SEE_TASKS: "see the task list",
    Capability.REVIEW_CHARTS: "review charts for what is missing",
    Capability.DEADLINES: "choose which deadline rules a program follows",
    Capability.SCALES: "fill in a scale with a client",
    Capability.VITALS: "take vital signs",
    Capability.VITALS_LIMITS: "set from which vital signs on somebody looks",
    Capability.SAFETY_TASKS: "see to a client's safety after a score",
    Capability.FACE_SHEET: "keep a client's own record, contacts and care team",
    Capability.ALLERGIES: "record allergies",
    Capability.DIAGNOSES: "write diagnoses",
    Capability.SAFETY_PLANS: "write safety plans",
    Capability.COLLECT_SCREENS: "collect drug screens",
    Capability.RESULT_SCREENS: "see and write the results of drug screens",
    Capability.BELONGINGS: "keep and witness a client's belongings",
    Capability.SEE_ROUNDS: "see observation rounds",
    Capability.DO_ROUNDS: "do observation rounds",
    Capability.ORDER_ROUNDS: "order how often a client is looked in on",
    Capability.REPORT_INCIDENTS: "report an incident",
    Capability.SEE_INCIDENTS: "read incident reports",
    Capability.REVIEW_INCIDENTS: "review and close incident reports",
    Capability.HAND_OFF: "give and take over a shift",
    Capability.SEE_HANDOFFS: "read handoffs and the 24-hour report",
    Capability.FINISH_DAY: "finish the 24-hour report",
    Capability.SEE_AUDIT: "read the audit trail",
    Capability.WATCH: "judge odd patterns of the trail, and say which records are watched over",
    Capability.EXPORT_AUDIT: "export the audit trail",
    Capability.SEE_STAFF: "see who works here and in which role",
    Capability.MANAGE_STAFF: "give and end roles",
    Capability.TABLETS: "register and revoke tablets",
    Capability.END_SESSIONS: "see where somebody is signed in, and end it",
    Capability.SERVICES: "make and close accounts of other systems",
    Capability.ACCESS_RULES: "say when sessions lock and whose charts are one's own",
    Capability.REVIEW_GLASS: "review charts that were opened in an emergency",
    Capability.SEE_CONSENTS: "see which consents a client gave",
    Capability.KEEP_CONSENTS: "take consents and revocations",
    Capability.RECIPIENTS: "keep who records go to",
    Capability.ANSWER_CALLERS: "answer callers who ask for a client",
    Capability.RELEASE: "release a record",
    Capability.SEE_DISCLOSURES: "look up what was released",
    Capability.PRIVACY_DUTIES: "decide restrictions; keep access requests, legal papers, audits, research and incidents of privacy",
    Capability.WRITE_COUNSELING: "keep SUD counseling notes of your own",
    Capability.GRANT_COUNSELING: "let somebody read another's counseling notes, on a basis of 42 CFR 2.31(b)",
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
    Role.PRIVACY: "Privacy officer",
}

C = Capability
_CLINICAL_SIGHT = {C.SEE_BEDS, C.SEE_PASS, C.SEE_GROUPS, C.SEE_LEVELS, C.OPEN_CHART}

CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.NURSE: frozenset(
        _CLINICAL_SIGHT
        | {C.GIVE_DOSES, C.CORRECT_DOSES, C.VERBAL_ORDERS, C.WRITE_NOTES, C.SCORE, C.CLEAN_BEDS}
        | {C.LEAVES, C.DISCHARGE, C.PRECAUTIONS, C.KEEP_APART}
        | {C.WITNESS, C.STOCK, C.LABELS, C.DOWNTIME}
        | {C.FACE_SHEET, C.ALLERGIES, C.SAFETY_PLANS, C.COLLECT_SCREENS, C.RESULT_SCREENS, C.BELONGINGS}
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
        | {C.ALLERGIES, C.DIAGNOSES, C.SAFETY_PLANS, C.RESULT_SCREENS}
    ),
    Role.FACILITATOR: frozenset(
        {
            C.SEE_BEDS,
            C.SEE_GROUPS,
            C.RUN_GROUPS,
            C.SEE_LEVELS,
            C.RATE,
            C.OPEN_CHART,
            C.WRITE_NOTES,
            C.WRITE_PLANS,
            C.KEEP_APART,
        }
        | {C.FACE_SHEET, C.DIAGNOSES, C.SAFETY_PLANS, C.RESULT_SCREENS}
    ),
    Role.INTAKE: frozenset(
        {C.SEE_BEDS, C.ASSIGN_BEDS, C.CLEAN_BEDS, C.ADMIT, C.LEAVES, C.OPEN_CHART, C.LABELS}
        | {C.FACE_SHEET, C.BELONGINGS}
    ),
    Role.DIRECTOR: frozenset(
        _CLINICAL_SIGHT
        | {C.ASSIGN_BEDS, C.CLEAN_BEDS, C.ADMIT, C.LEAVES, C.DISCHARGE, C.PRECAUTIONS, C.KEEP_APART}
        | {
            C.CORRECT_DOSES,
            C.FORMULARY,
            C.RUN_GROUPS,
            C.RATE,
            C.DECIDE,
            C.WRITE_NOTES,
            C.WRITE_PLANS,
            C.SEE_AUDIT,
            C.SEE_STAFF,
        }
        | {C.AUTHORISE, C.CATALOGS}
        | {C.WITNESS, C.STOCK_SUPERVISE, C.LABELS, C.TABLETS, C.PLAN_GROUPS}
        | {C.FACE_SHEET, C.ALLERGIES, C.DIAGNOSES, C.SAFETY_PLANS, C.COLLECT_SCREENS, C.RESULT_SCREENS, C.BELONGINGS}
    ),
    Role.TECHNICIAN: frozenset({C.SEE_BEDS, C.CLEAN_BEDS, C.SEE_GROUPS, C.LEAVES} | {C.COLLECT_SCREENS, C.BELONGINGS}),
    Role.HOUSEKEEPING: frozenset({C.CLEAN_BEDS}),
    Role.BILLER: frozenset({C.SEE_GROUPS, C.AUTHORISE}),
    Role.AUDITOR: frozenset({C.SEE_AUDIT, C.SEE_STAFF}),
    Role.ADMINISTRATOR: frozenset({C.SEE_STAFF, C.MANAGE_STAFF, C.SEE_AUDIT, C.FORMULARY, C.TABLETS}),
    Role.PRIVACY: frozenset({C.SEE_AUDIT, C.SEE_STAFF}),
}


# what people do on a unit, apart from the rooms above
_ON_A_UNIT = {
    Role.NURSE: {C.SEE_ROUNDS, C.DO_ROUNDS, C.ORDER_ROUNDS, C.REPORT_INCIDENTS, C.SEE_INCIDENTS, C.HAND_OFF}
    | {C.SEE_HANDOFFS, C.FINISH_DAY},
    Role.PRESCRIBER: {C.SEE_ROUNDS, C.ORDER_ROUNDS, C.REPORT_INCIDENTS, C.SEE_INCIDENTS, C.SEE_HANDOFFS},
    Role.FACILITATOR: {C.REPORT_INCIDENTS},
    Role.INTAKE: {C.REPORT_INCIDENTS},
    Role.DIRECTOR: {C.SEE_ROUNDS, C.ORDER_ROUNDS, C.REPORT_INCIDENTS, C.SEE_INCIDENTS, C.REVIEW_INCIDENTS}
    | {C.SEE_HANDOFFS, C.FINISH_DAY},
    Role.TECHNICIAN: {C.SEE_ROUNDS, C.DO_ROUNDS, C.REPORT_INCIDENTS},
}
# scales and vital signs
_MEASURED = {
    Role.NURSE: {C.SCALES, C.VITALS, C.SAFETY_TASKS},
    Role.PRESCRIBER: {C.SCALES, C.VITALS, C.SAFETY_TASKS},
    Role.FACILITATOR: {C.SCALES},
    Role.DIRECTOR: {C.SCALES, C.VITALS, C.VITALS_LIMITS, C.SAFETY_TASKS},
}
for _role, _more in _MEASURED.items():
    CAPABILITIES[_role] |= _more
for _role, _more in _ON_A_UNIT.items():
    CAPABILITIES[_role] |= _more

for _role in (Role.NURSE, Role.PRESCRIBER, Role.FACILITATOR, Role.DIRECTOR):
    CAPABILITIES[_role] |= {C.PRINT_CHART}
CAPABILITIES[Role.DIRECTOR] |= {C.MERGE}
CAPABILITIES[Role.DIRECTOR] |= {C.KEEP_NOTES}

# what has to be done, and whether it was
_WAITING_WORK = {
    Role.NURSE: {C.SEE_TASKS},
    Role.PRESCRIBER: {C.SEE_TASKS},
    Role.FACILITATOR: {C.SEE_TASKS},
    Role.INTAKE: {C.SEE_TASKS},
    Role.DIRECTOR: {C.SEE_TASKS, C.REVIEW_CHARTS, C.DEADLINES},
    Role.TECHNICIAN: {C.SEE_TASKS},
    Role.AUDITOR: {C.REVIEW_CHARTS},
    Role.ADMINISTRATOR: {C.DEADLINES},
}
for _role, _more in _WAITING_WORK.items():
    CAPABILITIES[_role] |= _more

# who is let in, and who looks at it afterwards
CAPABILITIES[Role.ADMINISTRATOR] |= {C.END_SESSIONS, C.SERVICES, C.ACCESS_RULES}
CAPABILITIES[Role.PRIVACY] |= {C.REVIEW_GLASS, C.ACCESS_RULES}
CAPABILITIES[Role.DIRECTOR] |= {C.REVIEW_GLASS}

# who looks at what others looked at
CAPABILITIES[Role.PRIVACY] |= {C.WATCH, C.EXPORT_AUDIT}

# 42 CFR Part 2: consents, and who may be told what
_PRIVACY = {
    Role.NURSE: {C.SEE_CONSENTS, C.KEEP_CONSENTS, C.ANSWER_CALLERS},
    Role.PRESCRIBER: {C.SEE_CONSENTS, C.ANSWER_CALLERS},
    Role.FACILITATOR: {C.SEE_CONSENTS, C.KEEP_CONSENTS, C.ANSWER_CALLERS},
    Role.INTAKE: {C.SEE_CONSENTS, C.KEEP_CONSENTS, C.ANSWER_CALLERS, C.RECIPIENTS},
    Role.DIRECTOR: {C.SEE_CONSENTS, C.KEEP_CONSENTS, C.ANSWER_CALLERS, C.RECIPIENTS},
    Role.TECHNICIAN: {C.ANSWER_CALLERS},
    Role.PRIVACY: {C.SEE_CONSENTS, C.KEEP_CONSENTS, C.ANSWER_CALLERS, C.RECIPIENTS},
}
for _role, _more in _PRIVACY.items():
    CAPABILITIES[_role] |= _more

# what leaves the house
for _role in (Role.NURSE, Role.PRESCRIBER, Role.DIRECTOR, Role.PRIVACY):
    CAPABILITIES[_role] |= {C.RELEASE}
for _role in (Role.DIRECTOR, Role.PRIVACY, Role.AUDITOR):
    CAPABILITIES[_role] |= {C.SEE_DISCLOSURES}
for _role in (Role.DIRECTOR, Role.PRIVACY):
    CAPABILITIES[_role] |= {C.PRIVACY_DUTIES}

# SUD counseling notes: professionals, each their own
for _role in (Role.PRESCRIBER, Role.FACILITATOR, Role.DIRECTOR):
    CAPABILITIES[_role] |= {C.WRITE_COUNSELING}
CAPABILITIES[Role.PRIVACY] |= {C.GRANT_COUNSELING}


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
