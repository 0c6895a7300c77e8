"""The rules on the tablet say what the rules on the server say: the same findings for the same dose and attempt."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from audit.rules.findings import Severity
from chart.models import Allergy
from emar import actions
from emar.actions.asked import Asked
from emar.actions.gather import gather
from emar.actions.offline.said import asked_of
from emar.actions.scene import lock, scene_of
from emar.actions.stock.drawn import draws_stand, shelf_of
from emar.models import Administration, Medication, Order, StockLine, StockLocation
from emar.queries.kept import kept_pass
from emar.rules.administration import check
from emar.rules.orders import Comparison, Measure
from emar.rules.orders.limits import limits_to_json
from emar.rules.schedule import EveryHours, Once
from programs.models import Leave
from staff.rules.capabilities import Capability
from tests.browser.conftest import Open
from tests.factories import World, admit, client, world
from tests.factories.meds import as_needed, at_times, contains, hold_if, medication, order

pytestmark = pytest.mark.browser
NOW = datetime(2026, 1, 5, 13, 10, tzinfo=UTC)  # 08:10 in New York
RUN = """async (cases) => { const { check } = await import('/static/js/kept/rules.js');
    return cases.map((each) => check(each).map(({ code, severity }) => `${severity} ${code}`).sort()); }"""
GIVEN: dict[str, Any] = {"outcome": "given", "identifiers": ["wristband"]}


def orders(here: World) -> dict[str, Order]:
    """One of each kind; the hydrocodone has acetaminophen in it."""
    elin = client(here, "Elin", "Novak")
    episode = admit(here, elin, here.residential, here.beds[0])
    by = here.prescriber
    hydrocodone = medication("Hydrocodone-APAP", "5 mg", ingredient="hydrocodone", form="tablet", counted_in="tablet",
        contents=contains("hydrocodone 5 mg", "acetaminophen 325 mg"))  # fmt: skip
    acetaminophen = medication("Acetaminophen", "500 mg")
    limit = limits_to_json([hold_if(Measure.SYSTOLIC, Comparison.BELOW, "90")])
    soft = limits_to_json([hold_if(Measure.PULSE, Comparison.BELOW, "60", strict=False)])
    Allergy.objects.create(client=elin, substance="penicillin", reaction="hives", noted_at=NOW - timedelta(days=9))
    made = {
        "thiamine": order(episode, medication(), at_times("08:00"), by=by),
        "evening": order(episode, medication("Trazodone", "50 mg"), at_times("21:00"), by=by),
        "early": order(episode, medication("Folic acid", "1 mg"), at_times("05:00"), by=by),
        "range": order(episode, medication("Lorazepam", "1 mg"), Once(), by=by, dose_max=Decimal(2), started_at=NOW),
        "limit": order(episode, medication("Lisinopril", "10 mg"), at_times("08:00"), by=by, hold_limits=limit),
        "soft": order(episode, medication("Propranolol", "10 mg"), at_times("08:00"), by=by, hold_limits=soft),
        "allergy": order(episode, medication("Penicillin V", "500 mg", ingredient="penicillin"), at_times("08:00"), by=by),
        "hourly": order(episode, medication("Clonidine", "0.1 mg"), EveryHours(6), by=by, started_at=NOW - timedelta(hours=18)),
        "injected": order(episode, medication("Naltrexone", "380 mg", sites="injection"), at_times("08:00"), by=by),
        "held": order(episode, medication("Gabapentin", "300 mg"), at_times("08:00"), by=by),
        "stopped": order(episode, medication("Zinc", "50 mg"), at_times("08:00"), by=by),
        "observed": order(episode, medication("Buprenorphine", "8 mg"), at_times("08:00"), by=by, mode="observed"),
        "witnessed": order(episode, medication("Methadone", "30 mg"), at_times("08:00"), by=by, witness="required"),
        "counted": order(episode, counted(here), at_times("08:00"), by=by),
        "ibuprofen": order(episode, medication("Ibuprofen", "400 mg"), as_needed(), by=by, indication="Pain"),
        "apap": order(episode, acetaminophen, as_needed(4, 6), by=by, indication="Fever", most_in_24h=Decimal(1000), most_unit="mg"),
        "both": order(episode, hydrocodone, as_needed(4, 6), by=by, indication="Cough"),
        "sleep": order(episode, medication("Hydroxyzine", "25 mg", psychotropic=True), as_needed(), by=by, indication="Sleep"),
        "scheduled": order(episode, medication("Ibuprofen", "400 mg"), at_times("08:00"), by=by),
    }  # fmt: skip
    actions.hold_order(by=by, at=NOW - timedelta(hours=1), order_id=made["held"].pk, why="Sedated")
    actions.stop_order(by=by, at=NOW - timedelta(minutes=5), order_id=made["stopped"].pk, why="Enough of it")
    return made


def counted(here: World) -> Medication:
    """A controlled medication with a line in the cart."""
    drug = medication("Phenobarbital", "30 mg", dea_schedule="IV")
    cart = StockLocation.objects.create(site=here.site, name="Cart", kind="cart")
    StockLine.objects.create(
        location=cart, medication=drug, lot="A12", expires_on=NOW.date() + timedelta(days=300), unit="tablet", opened_at=NOW,
        by=here.on_unit,
    )  # fmt: skip
    return drug


ATTEMPTS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in ("thiamine", "evening", "early", "limit", "soft", "allergy", "hourly", "injected", "held", "stopped")),
    *((name, {}) for name in ("observed", "witnessed", "counted", "ibuprofen", "apap", "both", "sleep", "scheduled", "range")),
    ("thiamine", {"amount": "50"}), ("thiamine", {"amount": "1000"}), ("thiamine", {"amount": "0"}), ("thiamine", {"unit": "mL"}),
    ("thiamine", {"outcome": "partial"}), ("thiamine", {"outcome": "partial", "amount": "50"}), ("thiamine", {"identifiers": ["name"]}),
    ("thiamine", {"identifiers": ["name", "birth_date"]}), ("thiamine", {"outcome": "refused", "amount": None, "unit": None}),
    ("counted", {"outcome": "refused", "amount": None, "unit": None, "reason": "other", "note": "Sleeps"}),
    ("thiamine", {"outcome": "held", "amount": None, "unit": None, "reason": "other"}),
    ("thiamine", {"outcome": "held", "amount": None, "unit": None, "reason": "sedated"}),
    ("held", {"outcome": "held", "amount": None, "unit": None, "reason": "sedated"}),
    ("thiamine", {"minutes": -9}), ("thiamine", {"minutes": -40}), ("thiamine", {"minutes": -200}), ("thiamine", {"minutes": 4}),
    ("thiamine", {"minutes": 6}), ("stopped", {"minutes": -7}), ("held", {"minutes": -70}),
    ("thiamine", {"outcome": "self_administered"}), ("observed", {"outcome": "self_administered", "attested_as": "E. Novak"}),
    ("observed", {"outcome": "self_administered", "attested_as": "E. Novak", "mouth_checked": True}),
    ("range", {"amount": "1.5"}), ("range", {"amount": "2"}), ("range", {"amount": "2.5"}), ("range", {"amount": "0.5"}),
    ("limit", {"measures": [("systolic", "89", 0)]}), ("limit", {"measures": [("systolic", "90", 0)]}),
    ("limit", {"measures": [("systolic", "120", 61)]}), ("limit", {"measures": [("systolic", "20", 0)]}),
    ("soft", {"measures": [("pulse", "50", 0)]}), ("injected", {"body_site": "thigh_left"}), ("injected", {"body_site": "nose"}),
    ("ibuprofen", {"prn_reason": "Headache"}), ("ibuprofen", {"prn_reason": "Headache", "scale": "pain", "score": "11"}),
    ("ibuprofen", {"prn_reason": "Headache", "scale": "cows", "score": "4"}),
    ("ibuprofen", {"prn_reason": "Headache", "scale": "pain", "score": "7"}),
    ("sleep", {"prn_reason": "Cannot sleep", "tried_first": "A walk"}), ("apap", {"prn_reason": "Fever"}),
    ("apap", {"prn_reason": "Fever", "minutes": 300}), ("both", {"prn_reason": "Cough"}),
]  # fmt: skip
GIVEN_BEFORE = (("ibuprofen", 180), ("apap", 300), ("hourly", 150))
"""What was taken already: which order, and how many minutes ago."""


def said(ordered: Order, dose: dict[str, Any] | None, changes: dict[str, Any]) -> dict[str, Any]:
    """The attempt as a tablet writes it down; ``minutes``: when, beside now."""
    amount = dose["amount"] if dose else f"{ordered.dose.normalize():f}"
    basis = GIVEN | {"order_id": ordered.pk, "due_at": dose and dose["due_at"], "amount": amount, "unit": ordered.unit}
    given = NOW + timedelta(minutes=changes.get("minutes", 0))
    measures = [
        {"measure": name, "value": value, "taken_at": (given - timedelta(minutes=ago)).isoformat()}
        for name, value, ago in changes.get("measures", ())
    ]
    rest = {name: value for name, value in changes.items() if name not in ("minutes", "measures")}
    return basis | rest | {"given_at": given.isoformat(), "measures": measures}


def for_the_page(attempt: dict[str, Any]) -> dict[str, Any]:
    """The same with instants as a script has them."""

    def ms(text: str) -> int:
        return round(datetime.fromisoformat(text).timestamp() * 1000)

    measures = [each | {"taken_at": ms(each["taken_at"])} for each in attempt["measures"]]
    return attempt | {"given_at": ms(attempt["given_at"]), "measures": measures}


def on_the_server(here: World, ordered: Order, asked: Asked) -> list[str]:
    """What the server's rules say."""
    assert asked.given_at is not None
    with transaction.atomic():
        locked = lock([ordered.pk])
        dues = [(ordered.pk, asked.due_at)] if asked.due_at else []
        scene = scene_of(
            locked,
            by=here.on_unit,
            capability=Capability.GIVE_DOSES,
            at=NOW,
            given=[min(asked.given_at, NOW)],
            dues=dues,
        )
        gathered = gather(scene, locked[0], asked, by=here.on_unit, at=NOW, client_id=ordered.client_id)
        shelf = shelf_of(scene, locked, [asked])
    found = check(gathered.facts, gathered.attempt, scene.policy.giving)
    if not any(each.severity is Severity.STOP for each in found):
        found += draws_stand(shelf, gathered)
    return sorted({f"{each.severity.value} {each.code}" for each in found if each.severity.value != "note"})


@pytest.mark.parametrize("how", ["here", "on leave", "charted on the tablet"])
def test_the_tablet_and_the_server_say_the_same(open_as: Open, transactional_db: None, how: str) -> None:
    here = world(NOW)
    made = orders(here)
    if how == "on leave":
        Leave.objects.create(
            episode=made["thiamine"].episode, kind="pass", started_at=NOW - timedelta(hours=5),
            expected_at=NOW + timedelta(hours=3),
        )  # fmt: skip
    before = kept_pass(here.site, here.unit.pk, at=NOW)
    taken = [take(here, made[name], NOW - timedelta(minutes=ago)) for name, ago in GIVEN_BEFORE]
    on_tablet = how == "charted on the tablet"
    page = before if on_tablet else kept_pass(here.site, here.unit.pk, at=NOW)
    queued = [as_queued(row) for row in taken] if on_tablet else []
    assert page is not None
    [elin] = page["clients"]
    by_id = {each["id"]: each for each in elin["orders"]}
    cases, wanted = [], []
    for name, changes in ATTEMPTS:
        ordered, kept = made[name], by_id[made[name].pk]
        done = {row.due_at for row in taken if row.order_id == ordered.pk}
        free = [
            each for each in kept["doses"] if not each["charted"] and datetime.fromisoformat(each["due_at"]) not in done
        ]
        dose = None if kept["prn"] else next(iter(free), None)
        if not kept["prn"] and dose is None:
            continue
        attempt = said(ordered, dose, changes)
        asked = asked_of(attempt, offset=timedelta(0), charted_at=NOW)
        assert asked is not None
        wanted.append((name, changes, on_the_server(here, ordered, asked)))
        cases.append(
            {"page": page, "client": elin, "order": kept, "dose": dose, "queued": queued, "attempt": for_the_page(attempt),
             "now": round(NOW.timestamp() * 1000)}
        )  # fmt: skip
    window = open_as(None, "/accounts/login/")
    answers = [sorted(set(each)) for each in window.evaluate(RUN, cases)]
    differ = [
        f"{name} {changes}: the tablet says {answer}, the server {server}"
        for (name, changes, server), answer in zip(wanted, answers, strict=True)
        if answer != server
    ]
    assert differ == []
    assert len(answers) > 40
    assert len({code for each in answers for code in each}) > (3 if how == "on leave" else 20)


def take(here: World, ordered: Order, at: datetime) -> Administration:
    """It was given then, as a row."""
    hourly = ordered.schedule["kind"] == "every_hours"
    return Administration.objects.create(
        order=ordered, due_at=ordered.started_at + timedelta(hours=12) if hourly else None, outcome="given",
        amount=ordered.dose, unit=ordered.unit, given_at=at, recorded_at=at, wall_clock=at.isoformat(timespec="minutes"),
        by=here.second_nurse,
    )  # fmt: skip


def as_queued(row: Administration) -> dict[str, Any]:
    """The same as a tablet has it in its queue."""
    due = None if row.due_at is None else row.due_at.isoformat().replace("+00:00", "Z")
    return {
        "order_id": row.order_id, "due_at": due, "outcome": "given", "amount": f"{row.amount}", "given_at": row.given_at.isoformat(),
    }  # fmt: skip
