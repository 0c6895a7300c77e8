"""The sheets of one consent: a signature on paper or of somebody else, revoked, held, taken back, ended, put away."""

from collections.abc import Callable
from typing import Any

from django.db import models

from chart.forms.consents import RevokeForm, SignForm, WhyForm, WordsForm, taken_out
from chart.views.sheets import Asked, Sheet
from privacy.actions import consent_events as events
from privacy.actions.consents import PAPER, sign_consent
from privacy.models import Consent
from staff.rules.capabilities import Capability

BACK = "chart:consents"


def _sign(asked: Asked) -> models.Model:
    typed: dict[str, Any] = {name: asked.text(name) for name in ("role", "name", "authority", "paper")}
    return asked.call(sign_consent, consent_id=_pk(asked), how=PAPER, signed_on=asked.data.get("signed_on"), **typed)


def _revoke(asked: Asked) -> models.Model:
    return asked.call(
        events.revoke_consent, consent_id=_pk(asked), words=asked.text("words"), paper=asked.text("paper"),
        **taken_out(asked.text("what")),
    )  # fmt: skip


def _with_words(action: Callable[..., models.Model]) -> Callable[[Asked], models.Model]:
    return lambda asked: asked.call(action, consent_id=_pk(asked), words=asked.text("words"))


def _pk(asked: Asked) -> int:
    return asked.row.pk if asked.row is not None else 0


def _sheet(title: str, button: str, form: Any, run: Callable[[Asked], models.Model], about: str, **more: Any) -> Sheet:
    return Sheet(
        title, button, Capability.KEEP_CONSENTS, form, run, Consent, about=about, back=BACK, tab="consents", **more
    )


SHEETS = {
    "consent_sign": _sheet(
        "Sign the consent", "Keep the signature on paper", SignForm, _sign,
        "Somebody else than the client signs on the tablet, or the signature is on a paper you have.",
        draws=True, paper="consent", texts=("role", "name", "authority"),
    ),
    "consent_revoke": _sheet(
        "Revoke the consent", "Keep the revocation on paper", RevokeForm, _revoke,
        "In writing: the client signs on the tablet, or on a paper you have. Nothing more is sent from then on. What was done before "
        "stays done.", draws=True, paper="revocation", texts=("what", "words"), stops=True,
    ),
    "consent_hold": _sheet(
        "The client revokes by word", "Hold it", WordsForm, _with_words(events.hold_consent),
        "Nothing more is sent at once. A revocation is in writing: have it signed as soon as you can.", stops=True,
    ),
    "consent_lift": _sheet(
        "The client takes it back", "It counts again", WordsForm, _with_words(events.lift_hold),
        "They revoked by word and do not want that any more.",
    ),
    "consent_ask": _sheet(
        "The client asks to revoke it", "Keep that they asked", WordsForm, _with_words(events.ask_early),
        "It is a condition of their case and cannot be revoked yet (42 CFR 2.35). It goes on counting; tell them from which day they can.",
    ),
    "consent_end": _sheet(
        "The case or the study is over", "It ends now", WordsForm, _with_words(events.end_consent),
        "It was signed until then. Say what came, and how you know.", stops=True,
    ),
    "consent_untrue": _sheet(
        "Something in it is not true", "It does not count any more", WordsForm, _with_words(events.find_untrue),
        "What is known to be untrue cannot be relied on (42 CFR 2.31(c)). Have a new one signed.", stops=True,
    ),
    "consent_drop": _sheet(
        "Put it away", "Put it away", WhyForm, _with_words(events.drop_consent), "It was not signed, and will not be.",
    ),
}  # fmt: skip
