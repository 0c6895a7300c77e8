"""Consents as they were signed, and everything that happened to them since. All of it append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.models.recipients import Recipient
from privacy.rules.classes import RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind
from programs.models import Client, Site
from staff.models import Person


def one_of(field: str, values: type, name: str) -> models.CheckConstraint:
    """The field holds one of the words of an enumeration."""
    words = [str(each) for each in values]  # type: ignore[attr-defined]
    return models.CheckConstraint(condition=Q(**{f"{field}__in": words}), name=name)


class Consent(models.Model):
    """What a client is asked to sign, word for word. It counts from the last signature that ``signers`` asks for; never changed.

    ``client_name`` as it was then. ``site``: whose records it lets out (None: every site). ``kinds``, ``purposes``, ``classes`` and
    ``signers`` are lists of the words of ``privacy.rules``. ``clauses``: codes of what the text says; ``words``: the text, a list of
    [heading, words]. ``also``: other types that stand on the same paper. ``revocable_on``: a criminal-justice consent becomes revocable
    on that day. ``sha256`` seals all of it.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consents")
    type = models.CharField(max_length=30, choices=[(each.value, each.label) for each in ConsentType])
    version = models.PositiveSmallIntegerField()
    client_name = models.CharField(max_length=140)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="consents")
    discloser = models.CharField(max_length=200)
    kinds = models.JSONField(default=list, blank=True)
    participants = models.CharField(max_length=20, blank=True)
    purposes = models.JSONField()
    classes = models.JSONField()
    scope_words = models.CharField(max_length=400, blank=True)
    expiry = models.CharField(max_length=20, choices=[(each.value, each.label) for each in ExpiryKind])
    expires_on = models.DateField(null=True, blank=True)
    proceeding = models.CharField(max_length=160, blank=True)
    required_by = models.CharField(max_length=160, blank=True)
    period_words = models.CharField(max_length=300, blank=True)
    revocable_on = models.DateField(null=True, blank=True)
    signers = models.JSONField()
    also = models.JSONField(default=list, blank=True)
    clauses = models.JSONField()
    words = models.JSONField()
    sha256 = models.CharField(max_length=64)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recipients: models.ManyToManyField[Recipient, ConsentRecipient] = models.ManyToManyField(
        Recipient, through="ConsentRecipient", related_name="consents"
    )

    class Meta:
        indexes = [models.Index(fields=["client", "type"], name="privacy_consent_client")]
        constraints = [
            one_of("type", ConsentType, "privacy_consent_known_type"),
            one_of("expiry", ExpiryKind, "privacy_consent_known_expiry"),
            models.CheckConstraint(
                condition=~Q(client_name="") & ~Q(discloser="") & ~Q(purposes=[]) & ~Q(classes=[]) & ~Q(signers=[])
                & ~Q(words=[]),
                name="privacy_consent_has_elements",
            ),
            models.CheckConstraint(
                condition=Q(expiry=ExpiryKind.DATE.value, expires_on__isnull=False)
                | (~Q(expiry=ExpiryKind.DATE.value) & Q(expires_on=None)),
                name="privacy_consent_date_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(type__in=["legal_proceeding", "sud_counseling_notes", "criminal_justice_referral"]) | Q(also=[]),
                name="privacy_consent_stands_alone",
            ),
            models.CheckConstraint(
                condition=Q(type="sud_counseling_notes", classes=["counseling_notes"])
                | (~Q(type="sud_counseling_notes") & ~Q(classes__contains=["counseling_notes"])),
                name="privacy_consent_counseling_apart",
            ),
            models.CheckConstraint(
                condition=Q(type="legal_proceeding", purposes=["HLEGAL"])
                | (~Q(type="legal_proceeding") & ~Q(purposes__contains=["HLEGAL"])),
                name="privacy_consent_legal_apart",
            ),
            models.CheckConstraint(
                condition=~Q(type="criminal_justice_referral") | Q(revocable_on__isnull=False),
                name="privacy_consent_cj_revocable",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"consent {self.pk}"


class ConsentRecipient(models.Model):
    """A consent names a recipient. ``name`` as it was then. Append-only."""

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="named")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="named_in")
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consent", "recipient"], name="privacy_consent_recipient_once")]

    def __str__(self) -> str:
        return self.name


class ConsentSignature(models.Model):
    """Somebody signed a consent: on the tablet (``strokes``, ``svg``) or on paper (``paper`` says where it is). Append-only.

    ``signed_on`` is the day on the signer's clock; ``at`` when it was written here. ``authority``: what lets somebody sign for the
    client. ``sha256`` binds the drawing, the intent and the instant to the consent's own hash.
    """

    class How(models.TextChoices):
        DRAWN = "drawn", "Signed on the tablet"
        PAPER = "paper", "Signed on paper"

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=16)
    name = models.CharField(max_length=140)
    authority = models.CharField(max_length=200, blank=True)
    how = models.CharField(max_length=8, choices=How)
    intent = models.TextField()
    strokes = models.JSONField(default=list, blank=True)
    svg = models.TextField(blank=True)
    paper = models.CharField(max_length=200, blank=True)
    signed_on = models.DateField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consent", "role"], name="privacy_consent_signed_once"),
            models.CheckConstraint(
                condition=Q(how="drawn", paper="") & ~Q(strokes=[]) & ~Q(svg="") | Q(how="paper", strokes=[], svg="") & ~Q(paper=""),
                name="privacy_signature_drawn_or_paper",
            ),
            models.CheckConstraint(condition=Q(role="client") | ~Q(authority=""), name="privacy_signature_has_authority"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"signature of consent {self.consent_id}"


class ConsentEvent(models.Model):
    """Something happened to a consent. Append-only.

    ``scope`` of a revocation: all of it, one recipient, a kind of recipients, a class of information. ``words``: what was said, or why.
    ``paper`` or ``strokes``: the writing of a revocation. ``ends``: the oral revocation that this event settles.
    """

    class Kind(models.TextChoices):
        REVOKED = "revoked", "Revoked in writing"
        HELD = "held", "Revoked by word: held"
        LIFTED = "lifted", "Hold taken back"
        ASKED = "asked", "Asked to revoke before its day"
        ENDED = "ended", "Its event came"
        UNTRUE = "untrue", "Found to be untrue"
        SUPERSEDED = "superseded", "A newer one took its place"
        DROPPED = "dropped", "Not signed"

    class Scope(models.TextChoices):
        WHOLE = "whole", "All of it"
        RECIPIENT = "recipient", "One recipient"
        KIND = "kind", "A kind of recipients"
        CLASS = "class", "A kind of information"

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.WHOLE)
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recipient_kind = models.CharField(
        max_length=20, blank=True, choices=[(each.value, each.label) for each in RecipientKind]
    )
    info_class = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=300, blank=True)
    paper = models.CharField(max_length=200, blank=True)
    strokes = models.JSONField(default=list, blank=True)
    svg = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    ends = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="ended_with")
    by_consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="superseding")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="whole", recipient=None, recipient_kind="", info_class="")
                | Q(scope="recipient", recipient__isnull=False, recipient_kind="", info_class="", kind="revoked")
                | Q(scope="kind", recipient=None, info_class="", kind="revoked") & ~Q(recipient_kind="")
                | Q(scope="class", recipient=None, recipient_kind="", kind="revoked") & ~Q(info_class=""),
                name="privacy_event_scope",
            ),
            models.CheckConstraint(
                condition=~Q(kind="revoked") | ~Q(paper="") | ~Q(strokes=[]), name="privacy_revoked_in_writing"
            ),
            models.CheckConstraint(
                condition=(Q(kind="superseded", by_consent__isnull=False)) | (~Q(kind="superseded") & Q(by_consent=None)),
                name="privacy_superseded_by",
            ),
            models.CheckConstraint(
                condition=Q(kind="lifted", ends__isnull=False) | Q(kind="revoked") | (~Q(kind__in=["lifted", "revoked"]) & Q(ends=None)),
                name="privacy_event_settles",
            ),
            models.UniqueConstraint(
                fields=["consent", "kind"],
                condition=Q(scope="whole", kind__in=["revoked", "ended", "superseded", "dropped"]),
                name="privacy_event_once",
            ),
            models.UniqueConstraint(fields=["consent", "recipient"], condition=Q(kind="revoked"), name="privacy_revoked_recipient_once"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.consent_id}"
