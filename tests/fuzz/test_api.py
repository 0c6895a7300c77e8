"""The JSON interface by its own OpenAPI description, with values of every kind (schemathesis), and the FHIR interface."""

import json
import random
import warnings
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client as Session
from hypothesis import HealthCheck, Phase, given, settings

from config.api import api
from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories import World
from tests.fhir_r4.asking import Asks
from tests.fuzz.conftest import HIDDEN, WANTED
from tests.fuzz.fuzzing import Tally, send, undone
from tests.fuzz.payloads import ALL
from tests.signing import signed_in

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis

ROLES = (Role.NURSE, Role.PRESCRIBER, Role.DIRECTOR) if WANTED else (Role.NURSE,)


def operations() -> list[Any]:
    """Every operation of the description."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(), default=str)))
    return [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]


@pytest.mark.parametrize("role", ROLES)
def test_what_the_description_allows_and_what_not(role: Role, house: World, judged: Tally) -> None:
    session = signed_in(Person.objects.get(username=f"as-{role}"))
    session.raise_request_exception = False
    known = operations()
    each = max(2, WANTED // 10 // len(ROLES) // len(known))
    for operation in known:
        asked(operation, session, judged, each)
    assert judged.wrong == []


def asked(operation: Any, session: Any, judged: Tally, count: int) -> None:
    """So many requests of one operation."""
    checks = [
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ]

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=checks,
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        body = (
            b""
            if not isinstance(case.body, (dict, list, str, int, float))
            else json.dumps(case.body).encode("utf-8", "replace")
        )
        what = f"{case.method} {case.formatted_path} {body[:200]!r}"
        try:
            with undone():
                answer = session.generic(
                    case.method.upper(), case.formatted_path, data=body, content_type="application/json",
                    query_params=dict(case.query or {}) or None,
                )  # fmt: skip
                judged.take(what, answer, HIDDEN)
        except Exception as error:
            judged.take(what, error, HIDDEN)

    run()


@pytest.mark.parametrize("known", [False, True])
def test_the_fhir_interface_says_nothing_it_may_not(known: bool, house: World, judged: Tally) -> None:
    session = Session(raise_request_exception=False)
    rng, tokens = random.Random(9), ["", "Bearer", "Bearer swt_x", f"Bearer swt_{'x' * 90}", "Basic eDp5"]
    system = Asks(house)
    for number in range(max(40, WANTED // 20)):
        kind = rng.choice(("Patient", "Observation", "Encounter", "Nothing", "Patient/1", "Location", rng.choice(ALL)))
        address = f"/fhir/{kind}" + rng.choice(("", "/1", "/1/$everything", "/score-1", f"/{rng.choice(ALL)}"))
        address = "/" + "/".join(quote(part, safe="$", errors="replace") for part in address.strip("/").split("/"))
        token = f"Bearer {system.token}" if known else rng.choice(tokens)
        more = {"HTTP_AUTHORIZATION": token, "REMOTE_ADDR": f"10.1.{number // 250}.{number % 250}"}
        cache.clear()
        send(session, judged, HIDDEN, "get", address, [("patient", rng.choice(ALL))], **more)
    assert judged.wrong == []
    assert not {403, 429} & set(judged.statuses)
