"""A system that reads over FHIR, with a token."""

from datetime import timedelta
from typing import Any

from django.test import Client as Session

from fhir_r4.models import Interface
from staff.actions.services import new_token
from staff.models import Person, ServiceAccount, ServiceToken
from staff.rules.services import Scope
from staff.service import digest
from tests.factories import World
from tests.privacy.gate_rows import recipient

DAY = timedelta(days=1)


class Asks:
    """A system with a token."""

    def __init__(self, here: World, scope: Scope = Scope.FHIR_READ, purpose: str = "TREAT", **more: Any) -> None:
        at = here.now - DAY
        person = Person.objects.create(username=f"service {scope}", name="Feed (system)", is_active=False)
        self.account = ServiceAccount.objects.create(
            name=f"Feed {scope}", person=person, scopes=[scope.value], made_at=at, by=here.director, **more
        )
        self.token = new_token()
        ServiceToken.objects.create(
            account=self.account,
            digest=digest(self.token),
            begins="swt_abcd",
            made_at=at,
            by=here.director,
            expires_at=at + 90 * DAY,
        )
        self.to = recipient(here)
        self.interface = Interface.objects.create(
            account=self.account, recipient=self.to, purpose=purpose, started_at=at, by=here.director
        )

    def get(self, address: str) -> Any:
        return Session().get(f"/fhir/{address}", headers={"Authorization": f"Bearer {self.token}"})
