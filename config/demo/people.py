"""Who works in the demonstration: someone in every role at both sites, and who is offered for one-tap sign-in."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password

from config.demo.stage import Stage
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role

PASSWORD = "stepwell demo"

BOTH = ("riverbend", "hillcrest")
RIVERBEND, HILLCREST = ("riverbend",), ("hillcrest",)

# username, name, credentials, roles, sites. Those of SIGN_INS are for visitors; all others are simulated colleagues.
STAFF = (
    ("nurse", "Rosa Ames", "RN", (Role.NURSE,), RIVERBEND),
    ("nurse2", "Robin Colebrook", "RN", (Role.NURSE,), RIVERBEND),
    ("nurse3", "Teo Marchbanks", "LPN", (Role.NURSE,), RIVERBEND),
    ("nurse4", "Anneke Dorsetshire", "RN", (Role.NURSE,), RIVERBEND),
    ("nurse5", "Ikenna Bellweather", "RN", (Role.NURSE,), RIVERBEND),
    ("nurse6", "Sol Reyesdale", "RN", (Role.NURSE,), HILLCREST),
    ("nurse7", "Mina Parkhollow", "LVN", (Role.NURSE,), HILLCREST),
    ("nurse8", "Dana Whitcastle", "RN", (Role.NURSE,), HILLCREST),
    ("facilitator", "Kofi Dansworth", "LPC", (Role.FACILITATOR,), RIVERBEND),
    ("facilitator2", "Jo Marshfield", "LSW", (Role.FACILITATOR,), RIVERBEND),
    ("facilitator3", "Renata Solberg-Ito", "LCADC", (Role.FACILITATOR,), RIVERBEND),
    ("facilitator4", "Emmett Graywater", "CADC", (Role.FACILITATOR,), RIVERBEND),
    ("facilitator5", "Lucia Vanterpool", "LMFT", (Role.FACILITATOR,), HILLCREST),
    ("facilitator6", "Bashir Oakenfold", "LPCC", (Role.FACILITATOR,), HILLCREST),
    ("facilitator7", "Wren Tallgrass", "CADC", (Role.FACILITATOR,), HILLCREST),
    ("intake", "Imani Clarkwell", "", (Role.INTAKE,), RIVERBEND),
    ("intake2", "Noor Fairweather", "", (Role.INTAKE,), RIVERBEND),
    ("intake3", "Gus Pennington-Ray", "", (Role.INTAKE,), HILLCREST),
    ("director", "Nila Desaimore", "LCSW", (Role.DIRECTOR,), BOTH),
    ("director2", "Marguerite Holloway", "PsyD", (Role.DIRECTOR,), HILLCREST),
    ("prescriber", "Chidi Okoyeland", "MD", (Role.PRESCRIBER,), BOTH),
    ("prescriber2", "Hedda Lindgrove", "NP", (Role.PRESCRIBER,), BOTH),
    ("technician", "Ty Underbridge", "", (Role.TECHNICIAN,), RIVERBEND),
    ("technician2", "Paloma Westbrooke", "", (Role.TECHNICIAN,), RIVERBEND),
    ("technician3", "Arun Millstone", "", (Role.TECHNICIAN,), HILLCREST),
    ("housekeeping", "Pia Lundstrom-Vale", "", (Role.HOUSEKEEPING,), RIVERBEND),
    ("housekeeping2", "Osman Tidewell", "", (Role.HOUSEKEEPING,), RIVERBEND),
    ("housekeeping3", "Carmen Brightwater", "", (Role.HOUSEKEEPING,), HILLCREST),
    ("biller", "Felix Ledgerwood", "", (Role.BILLER,), BOTH),
    ("auditor", "Astrid Clearwater", "", (Role.AUDITOR,), BOTH),
    ("administrator", "Moses Keystone", "", (Role.ADMINISTRATOR,), BOTH),
    ("privacy", "Thandi Wexcombe", "", (Role.PRIVACY,), BOTH),
)


@dataclass(frozen=True)
class SignIn:
    """One line of what ``make demo`` prints. Those named after a role also have a card on the sign-in page."""

    username: str
    role: str
    line: str


SIGN_INS = (
    SignIn("nurse", "Nurse", "Riverbend campus: Alder and Cedar, doses are due"),
    SignIn("nurse2", "Second nurse", "The same pass on another tablet"),
    SignIn("facilitator", "Group facilitator", "A group is running now"),
    SignIn("facilitator2", "Second facilitator", "The same group from the other chair"),
    SignIn("intake", "Intake coordinator", "People wait for a place"),
    SignIn("director", "Clinical director", "Reviews and steps, at both sites"),
    SignIn("prescriber", "Prescriber", "Orders and charts, at both sites"),
    SignIn("technician", "Technician", "Beds and groups"),
    SignIn("housekeeping", "Housekeeping", "Beds to clean"),
    SignIn("biller", "Biller", "Who sat in which group"),
    SignIn("auditor", "Auditor", "What happened, and who did it"),
    SignIn("administrator", "Administrator", "Who works here, and as what"),
    SignIn("privacy", "Privacy officer", "What clients agreed to, and what left the house"),
    SignIn("nurse6", "Nurse at Hillcrest", "Birch, three hours behind"),
)


def build(stage: Stage) -> None:
    """Everyone, with one password, and their roles since before the history begins."""
    password = make_password(PASSWORD)
    made = Person.objects.bulk_create(
        Person(username=username, name=name, credentials=credentials, password=password, date_joined=stage.now)
        for username, name, credentials, _, _ in STAFF
    )
    stage.people = {person.username: person for person in made}
    assignments = []
    for username, _, _, roles, sites in STAFF:
        for role in roles:
            for site in sites:
                person = stage.people[username]
                stage.teams.setdefault((site, role), []).append(person)
                assignments.append(
                    RoleAssignment(
                        person=person, site=stage.sites[site], role=role, started_at=stage.now - timedelta(days=700)
                    )
                )
    RoleAssignment.objects.bulk_create(assignments)
