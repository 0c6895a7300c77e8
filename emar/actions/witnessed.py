"""The witness of a dose signs it with their own PIN: naming somebody is not enough."""

from audit.rules.findings import Refused, stop
from emar.actions.gather import Gathered
from emar.rules.administration import WATCHED_DOSE
from staff.actions.pins import use
from staff.models import Person
from staff.rules.capabilities import Capability


def sign_witness(gathered: Gathered, *, by: Person) -> None:
    """Use up the proof of the witness's PIN, where a dose names one. Raises Refused."""
    asked = gathered.asked
    if asked.witness_id is None:
        return
    if asked.witness_proof_id is None:
        raise Refused(stop("dose.witness", "The witness enters their own PIN under this dose."))
    person = use(
        asked.witness_proof_id, purpose=WATCHED_DOSE, site=gathered.scene.site, at=gathered.attempt.at,
        capability=Capability.GIVE_DOSES, but_not=(by.pk,),
    )  # fmt: skip
    if person.pk != asked.witness_id:
        raise Refused(
            stop("dose.witness", f"{person.signature} entered a PIN; another person is named as the witness.")
        )
