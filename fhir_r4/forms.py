"""What the export of a chart asks for: to whom, for what, and which classes of information."""

from collections.abc import Mapping, Sequence
from typing import Any

from fhir_r4.actions.read import classes_of
from privacy.forms.leaving import LeavingForm
from privacy.models import Recipient
from privacy.queries.gate import Going
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.notices import Channel
from programs.desk import Desk
from programs.models import Client

PURPOSES = (
    Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT, Purpose.PATRQT, Purpose.MONITOR, Purpose.HRESCH,
)  # fmt: skip
PARTS = tuple(each for each in InfoClass if each in classes_of(()) and each is not InfoClass.IDENTITY)
"""What a chart as FHIR can consist of besides who it is about."""


class ExportForm(LeavingForm):
    """``going`` is what it asks for, ``reasons`` what may be gone past, once it is valid."""

    PURPOSES, PARTS = PURPOSES, PARTS

    def __init__(self, desk: Desk, client: Client, whom: Sequence[Recipient], *args: Any, **kwargs: Any) -> None:
        super().__init__(desk, client, whom, *args, **kwargs)
        self.fields["classes"].required = True

    @property
    def going(self) -> Going:
        """What is to leave."""
        data = self.cleaned_data
        return Going(
            self.client, self.site, self.offered.get(data["to"]), Purpose(data["purpose"]), self.chosen, Channel.FILE,
            "Chart as FHIR R4", ground=self.own,
        )  # fmt: skip

    @property
    def reasons(self) -> Mapping[str, str]:
        """The one reason answers the one thing that may be gone past."""
        return {"disclosure.more_than_needed": self.cleaned_data["reason"]} if self.cleaned_data["reason"] else {}
