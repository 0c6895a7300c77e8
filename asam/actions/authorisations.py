"""What payers authorised, as somebody entered it: a new answer, and a correction that names the old one."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from asam.models import Authorisation
from asam.rules.editions import may_read_as, read
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from programs.models import Client, Placement
from programs.placed import last, told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

MOST = Decimal(3660)  # of a unit
LONGEST_DAYS = 3660  # of one authorisation


@action("asam.authorise")
def authorise(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    payer: str,
    level: str,
    unit: str,
    approved: Decimal,
    first_on: date,
    last_on: date,
    edition: str = "4",
    reads_as: str = "",
    read_why: str = "",
    reference: str = "",
    asked: Decimal | None = None,
    review_on: date | None = None,
    note: str = "",
    key: UUID | None = None,
) -> Authorisation:
    """Record a payer's answer: so much of a level, from the first day to the last (site's dates, both count); 0 is a refusal.

    A level of the 3rd edition keeps its code; where the rule cannot read it, ``reads_as`` and ``read_why`` say what it stands
    for. Raises Refused, NotAllowed, Client.DoesNotExist for an unknown episode.
    """
    placement = _placement(episode_id, at)
    require(by, Capability.AUTHORISE, placement.program.site_id, at)
    facts = _facts(
        payer=payer, level=level, unit=unit, approved=approved, first_on=first_on, last_on=last_on, edition=edition,
        reads_as=reads_as, read_why=read_why, reference=reference, asked=asked, review_on=review_on, note=note,
    )  # fmt: skip
    findings = [*_check(facts), *_twice(episode_id, facts, None)]
    if findings:
        raise Refused(*findings)
    return _write(by, at, placement, facts, None, "Authorisation of")


def _explain_corrected(kwargs: Mapping[str, Any]) -> Finding:
    return stop("asam.authorisation_corrected", "Someone corrected this entry just now. Open the page again.")


@action("asam.correct_authorisation", explain={"asam_authorisation_corrects_id_key": _explain_corrected})
def correct_authorisation(
    *,
    by: Person,
    at: datetime,
    authorisation_id: int,
    payer: str,
    level: str,
    unit: str,
    approved: Decimal,
    first_on: date,
    last_on: date,
    note: str,
    edition: str = "4",
    reads_as: str = "",
    read_why: str = "",
    reference: str = "",
    asked: Decimal | None = None,
    review_on: date | None = None,
    withdrawn: bool = False,
    key: UUID | None = None,
) -> Authorisation:
    """Put an entry right: the old one stays, with this one instead of it from now on; ``withdrawn`` puts nothing instead.

    ``note`` says why. Raises Refused: it was corrected before (by whom), and what ``authorise`` raises; NotAllowed,
    Authorisation.DoesNotExist.
    """
    old = Authorisation.objects.get(pk=authorisation_id)
    placement = _placement(old.episode_id, at)
    require(by, Capability.AUTHORISE, placement.program.site_id, at)
    later = Authorisation.objects.filter(corrects=old).select_related("by").first()
    if later is not None:
        message = f"{later.by.signature} corrected this entry at {told(later.at, placement.program.site.tz)}. Correct that one."
        raise Refused(stop("asam.authorisation_corrected", message))
    if old.withdrawn:
        raise Refused(stop("asam.authorisation_withdrawn", "This entry was withdrawn. Enter the payer's answer anew."))
    facts = _facts(
        payer=payer, level=level, unit=unit, approved=approved, first_on=first_on, last_on=last_on, edition=edition,
        reads_as=reads_as, read_why=read_why, reference=reference, asked=asked, review_on=review_on, note=note,
    )  # fmt: skip
    findings = [*_check(facts), *([] if withdrawn else _twice(old.episode_id, facts, old))]
    if not facts["note"]:
        findings.append(stop("asam.correction_why", "Say why the entry is corrected.", field="note"))
    if findings:
        raise Refused(*findings)
    facts["withdrawn"] = withdrawn
    return _write(
        by, at, placement, facts, old, "Withdrawn authorisation of" if withdrawn else "Corrected authorisation of"
    )


def _placement(episode_id: int, at: datetime) -> Placement:
    """The episode's newest placement, its client locked. An ended episode is authorised too: payers answer late."""
    Client.objects.select_for_update(of=("self",)).get(episodes=episode_id)
    placement = last(episode_id, at)
    if placement is None:
        raise Refused(stop("programs.not_placed", "This client was in no treatment program yet. Admit them first."))
    return placement


def _facts(**given: Any) -> dict[str, Any]:
    facts = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    reading = read(facts["edition"], facts["level"])
    if not facts["reads_as"]:
        facts["reads_as"] = reading.level
    return facts


def _check(facts: Mapping[str, Any]) -> list[Finding]:
    findings = []

    def wrong(field: str, sentence: str) -> None:
        findings.append(stop(f"asam.authorisation_{field}", sentence, field=field))

    reading = read(facts["edition"], facts["level"])
    if not facts["payer"]:
        wrong("payer", "Write who pays.")
    if facts["edition"] not in {"3", "4"} or not facts["level"]:
        wrong("level", "Choose the level that the payer named, and its edition.")
    elif reading.how == "gone":
        wrong("level", f"{facts['level']} of the 3rd edition is no level of the 4th: nothing can be counted for it.")
    elif not facts["reads_as"]:
        wrong("reads_as", f"{facts['level']} can mean several levels: say which of the 4th edition it stands for.")
    elif why := may_read_as(facts["edition"], facts["level"], facts["reads_as"]):
        wrong("reads_as", why)
    elif reading.by_hand and not facts["read_why"]:
        wrong("read_why", f"Say in a few words why {facts['level']} stands for {facts['reads_as']} here.")
    if facts["unit"] not in Authorisation.Unit.values:
        wrong("unit", "Choose days, hours or sessions.")
    if not 0 <= facts["approved"] <= MOST:
        wrong("approved", f"Write how much was approved, from 0 (refused) to {MOST:,}.")
    if facts["asked"] is not None and not 0 < facts["asked"] <= MOST:
        wrong("asked", f"Write how much was asked for, up to {MOST:,}, or leave it empty.")
    if facts["last_on"] < facts["first_on"]:
        wrong("last_on", "The last day comes before the first. Both days belong to it.")
    elif (facts["last_on"] - facts["first_on"]).days > LONGEST_DAYS:
        wrong("last_on", "That is longer than ten years: look at the year.")
    if facts["review_on"] is not None and facts["review_on"] < facts["first_on"]:
        wrong("review_on", "The payer's review comes before the first day. Look at the dates.")
    for name, most in (("payer", 60), ("reference", 60), ("read_why", 300), ("note", 300)):
        if len(facts[name]) > most:
            wrong(name, f"Say it in at most {most} characters.")
    return findings


def _twice(episode_id: int, facts: Mapping[str, Any], but: Authorisation | None) -> list[Finding]:
    """The same answer again: same payer, level and unit on days that another entry has already."""
    rows = Authorisation.objects.filter(
        episode_id=episode_id, payer__iexact=facts["payer"], reads_as=facts["reads_as"], unit=facts["unit"],
        first_on__lte=facts["last_on"], last_on__gte=facts["first_on"], corrected_by=None, withdrawn=False,
    ).exclude(pk=but.pk if but else 0)  # fmt: skip
    if (same := rows.select_related("by").first()) is None:
        return []
    message = (
        f"{same.by.signature} entered {same.level} of {same.payer} from {same.first_on:%-d %b} to {same.last_on:%-d %b} already: "
        "correct that entry, or choose days after it."
    )
    return [stop("asam.authorisation_twice", message, field="first_on")]


def _write(
    by: Person, at: datetime, placement: Placement, facts: dict[str, Any], old: Authorisation | None, what: str
) -> Authorisation:
    row = Authorisation.objects.create(episode_id=placement.episode_id, **facts, corrects=old, at=at, by=by)
    trail.record(
        "asam.correct_authorisation" if old else "asam.authorise", by=by, at=at, subject=row,
        site_id=placement.program.site_id, client_id=placement.episode.client_id,
        summary=f"{what} {row.level}: {row.approved.normalize():f} {row.unit}, {row.first_on} to {row.last_on}",
    )  # fmt: skip
    return row
