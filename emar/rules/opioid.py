"""Starting buprenorphine, and carrying on methadone from an opioid treatment program.

Starting: not before withdrawal is seen on COWS and some hours have passed since opioids were last used; the numbers are the site's
(COWS 8 or more is common, some ask 11 to 13; the hours and the 5 points under which it is never begun are house proposals).
Carrying on: the program says the last dose before the first one here, and days without a dose reach the prescriber (three or more
is common practice). 42 CFR 8.12 governs the program itself, not a residential site (emar-safety rule 40).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from audit.rules.findings import Finding, note, override, stop
from emar.rules.administration import say_amount, say_clock
from emar.rules.policy import SitePolicy
from emar.rules.protocols import Scored
from emar.rules.symptoms import score_is_old

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Heard:
    """What an opioid treatment program said: its name, the last dose (mg) and when, and until when that holds."""

    program: str
    last_dose: Decimal
    last_dose_at: datetime
    expires_at: datetime


def induction_findings(
    scored: Scored | None, last_use_at: datetime | None, *, given_at: datetime, tz: tzinfo, policy: SitePolicy
) -> Iterator[Finding]:
    """What stands against a dose that starts buprenorphine. ``scored`` is the COWS score looked at, None where there is none."""
    if last_use_at is None:
        words = (
            "Ask when opioids were last used, and enter the day and time. To give it without, speak to the prescriber."
        )
        yield override("induction.last_use", f"{words} Say why.", ask="prescriber")
    elif last_use_at > given_at:
        yield stop("induction.last_use_time", "The last use lies after this dose. Check the day and time entered.")
    elif given_at - last_use_at < policy.induction_after:
        hours, least = (given_at - last_use_at) / HOUR, policy.induction_after / HOUR
        words = f"Opioids were used {hours:.0f} h ago; this site waits {least:.0f} h. Speak to the prescriber; to begin, say why."
        yield override("induction.too_soon", words, ask="prescriber")
    if scored is None:
        yield stop("induction.score_needed", "Score COWS first: buprenorphine is not begun without it.")
        return
    old = score_is_old(scored, "COWS", given_at=given_at, fresh=policy.fresh, tz=tz)
    if old is not None:
        yield old
    elif scored.total < policy.induction_least_cows:
        words = (
            f"COWS {scored.total} is under {policy.induction_least_cows}: too early, it would bring withdrawal on. "
            "Wait, and score again."
        )
        yield stop("induction.cows_low", words)
    elif scored.total < policy.induction_cows:
        words = f"COWS {scored.total} is under the {policy.induction_cows} of this site. Speak to the prescriber; to begin, say why."
        yield override("induction.cows", words, ask="prescriber")


def otp_findings(
    heard: Heard | None, taken_at: datetime | None, *, given_at: datetime, amount: Decimal | None, tz: tzinfo, policy: SitePolicy
) -> Iterator[Finding]:  # fmt: skip
    """What stands against a dose of methadone carried on from a program. ``taken_at``: the last dose here (None: this is the first).

    The first dose needs what the program said, and that must not have run out.
    """
    if taken_at is None:
        if heard is None:
            words = "The last dose is not verified with the opioid treatment program. Call it, and enter what it says."
            yield stop("otp.not_verified", words)
            return
        if heard.expires_at <= given_at:
            ended = say_clock(heard.expires_at, tz, given_at)
            words = f"What {heard.program} said held until {ended}. Call it again, and enter what it says."
            yield stop("otp.expired", words)
            return
    if taken_at is None and heard is not None:
        yield from _first(heard, given_at, amount, tz)
    known = (taken_at, None if heard is None else heard.last_dose_at)
    last = max((each for each in known if each is not None), default=None)
    if last is None:
        return
    missed = (given_at.astimezone(tz).date() - last.astimezone(tz).date()).days - 1
    said = f"{missed} day{'s' if missed != 1 else ''} without methadone since {say_clock(last, tz, given_at)}."
    if missed >= policy.otp_missed_days:
        yield override(
            "otp.missed_days", f"{said} Speak to the prescriber; to give this dose, say why.", ask="prescriber"
        )
    elif missed > 0:
        yield note("otp.missed_days", said)


def _first(heard: Heard, given_at: datetime, amount: Decimal | None, tz: tzinfo) -> Iterator[Finding]:
    local = heard.last_dose_at.astimezone(tz)
    if local.date() == given_at.astimezone(tz).date():
        words = f"{heard.program} gave {say_amount(heard.last_dose, 'mg')} at {local:%H:%M} today."
        yield override("otp.dosed_today", f"{words} Speak to the prescriber; to give more, say why.", ask="prescriber")
    if amount is not None and amount > heard.last_dose:
        more, last = say_amount(amount, "mg"), say_amount(heard.last_dose, "mg")
        words = f"{more} is more than the {last} that {heard.program} gave last. Speak to the prescriber; to give it, say why."
        yield override("otp.more_than_last", words, ask="prescriber")
