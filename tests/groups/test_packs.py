"""Which rule counts? Packs are data with sources; the tighter of two counts, and the most specific payer's units."""

from datetime import date

import pytest

from audit.rules.findings import Severity
from groups.packs import all_packs, packs, read, services
from groups.rules.minutes import UnitKind, WeeklyRule

ON = date(2026, 1, 6)


def test_every_rule_of_every_pack_says_where_it_is_written() -> None:
    assert {"default", "ca-dmc", "tx-sud", "medicare"} <= set(all_packs())
    for pack in all_packs().values():
        rules = [*pack.size, *pack.ratio, *pack.week, *pack.cosign, *pack.note, *pack.units]
        assert pack.name and rules and all(len(rule.source) > 10 for rule in rules)


def test_california_takes_two_to_twelve_people_in_a_counseling_group() -> None:
    rule = packs(["ca-dmc"]).size("counseling", ["2.1"], ON)
    assert rule is not None
    assert (rule.least, rule.most, rule.severity, "9 CCR 10345" in rule.source) == (2, 12, Severity.OVERRIDE, True)


def test_of_two_packs_the_tighter_counts_and_the_house_only_where_none_says_anything() -> None:
    both = packs(["tx-sud", "ca-dmc"])
    assert [
        getattr(each.size(cls, ["2.1"], ON), "most", None)
        for each, cls in [
            (packs(), "counseling"), (packs(["tx-sud"]), "counseling"), (both, "counseling"), (packs(["ca-dmc"]), "education"),
            (packs(), "management"),
        ]
    ] == [12, 16, 12, 35, None]  # fmt: skip


def test_a_rule_counts_from_its_first_day_to_the_day_before_its_end() -> None:
    dated = {"begins_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1), "source": "the new licence", "hours": 48}
    pack = read({"code": "x", "name": "X", "note": [dated]})
    held = [pack.note[0].holds(day) for day in (date(2025, 12, 31), ON, date(2026, 1, 31), date(2026, 2, 1))]
    assert held == [False, True, True, False]


def test_the_week_of_a_level_by_payer_and_state() -> None:
    assert packs().week("2.1", ON) == WeeklyRule(540, 1140)
    assert packs().week("2.5 COE", ON) == WeeklyRule(1200)
    assert packs().week("1.5", ON) is None
    assert packs().week("2.1", ON, own_minimum=360) == WeeklyRule(360, 1140)  # a program of its own kind
    assert packs(["h0015-days"]).week("2.1", ON, own_minimum=360) == WeeklyRule(540, None, 3, 180)
    assert packs(["medicare", "h0015-days"]).week("2.1", ON) == WeeklyRule(540, None, 3, 180)
    assert packs(["medicare"]).week("2.1", date(2023, 12, 31)) == WeeklyRule(540, 1140)  # not in force yet


def test_who_holds_a_full_credential_beside_a_provisional_one_needs_no_co_signature() -> None:
    house = packs()
    needs = {held: house.cosign(held, ON) is not None for held in ("LSW", "LSW, LCADC", "LPC", "CIT/LSW", "", "RN")}
    assert needs == {"LSW": True, "LSW, LCADC": False, "LPC": False, "CIT/LSW": True, "": False, "RN": False}
    assert "LCSW" in house.cosigners(ON) and "LSW" not in house.cosigners(ON)
    florida = packs(["fl-day"]).cosign("LSW", ON)
    assert florida is not None and florida.hours == 240


def test_units_are_the_payers_where_it_has_its_own() -> None:
    group = services()["H0005"]
    assert packs().units(group, ON) == (group.units, "HCPCS H0005; unit by payer")
    rule, source = packs(["h0015-days"]).units(group, ON)
    assert (rule.kind, rule.at_least, "H0015" in source) == (UnitKind.DIEM, 180, True)


def test_a_broken_pack_is_refused_whole() -> None:
    for wrong in ({"size": [{"most": 12}]}, {"week": [{"begins_on": ON, "source": "nobody"}]}):
        with pytest.raises(KeyError):
            read({"code": "x", "name": "X"} | wrong)
