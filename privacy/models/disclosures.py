"""What left the house: every disclosure with what it rested on, the file as it went, share links and every try at one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from privacy.models.consents import Consent, one_of
from privacy.models.recipients import Recipient
from privacy.rules.basis import Basis
from privacy.rules.classes import Purpose
from privacy.rules.disclosure import Attachment
from privacy.rules.notices import Channel
from programs.models import Client, Site
from staff.models import Person

COURTS = [Basis.COURT_2_64.value, Basis.COURT_2_65.value, Basis.COURT_2_66.value, Basis.COURT_2_67.value]
BY_CONSENT = [each.value for each in Basis if each.by_consent]


class LeftFile(models.Model):
    """A file as it was released, byte for byte: what was disclosed can be shown, and a repeated request answers the same. Append-only."""

    name = models.CharField(max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="privacy_left_file_not_empty")]

    def __str__(self) -> str:
        return self.name


class Leaving(models.Model):
    """What a disclosure and a share link both say: whose record goes to whom, for what, and on what it rests.

    ``recipient`` None: the client in person. Name and address are those of that instant. ``classes``: words of ``InfoClass`` that went.
    ``ground``: the facts of an exception. ``consent_sha256`` is the seal of the consent relied on.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="%(class)ss")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    recipient_name = models.CharField(max_length=140)
    recipient_address = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(max_length=12, choices=[(each.value, each.label) for each in Purpose])
    proceeding = models.CharField(max_length=160, blank=True)
    classes = models.JSONField()
    summary = models.CharField(max_length=400)
    basis = models.CharField(max_length=24, choices=[(each.value, each.label) for each in Basis])
    ground = models.JSONField(default=dict, blank=True)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    consent_sha256 = models.CharField(max_length=64, blank=True)
    notice_version = models.CharField(max_length=40, blank=True)
    attachment = models.CharField(max_length=8, choices=[(each.value, each.label) for each in Attachment])
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


def _walls(of: str) -> list[models.CheckConstraint]:
    """What no row may lack: a recipient, a purpose, what went and one basis with what belongs to it (2.25, 2.31, 2.32)."""
    return [
        one_of("basis", Basis, f"privacy_{of}_known_basis"),
        one_of("purpose", Purpose, f"privacy_{of}_known_purpose"),
        models.CheckConstraint(
            condition=~Q(recipient_name="") & ~Q(summary="") & ~Q(classes=[]), name=f"privacy_{of}_has_elements"
        ),
        models.CheckConstraint(
            condition=(
                Q(basis__in=BY_CONSENT, consent__isnull=False, attachment__in=["copy", "scope"])
                & ~Q(consent_sha256="") & ~Q(notice_version="")
            ) | (~Q(basis__in=BY_CONSENT) & Q(consent=None, consent_sha256="", attachment="none")),
            name=f"privacy_{of}_one_basis",
        ),
        models.CheckConstraint(
            condition=~Q(classes__contains=["counseling_notes"]) | Q(basis__in=["CONSENT_COUNSELING", *COURTS]),
            name=f"privacy_{of}_counseling_apart",
        ),
        models.CheckConstraint(
            condition=~Q(purpose="HLEGAL") | Q(basis__in=["CONSENT_LEGAL", *COURTS]), name=f"privacy_{of}_proceeding_apart"
        ),
    ]  # fmt: skip


class ShareLink(Leaving):
    """An address for one recipient, opened with a code that is told apart, so many times and until an instant. Only its end is written.

    Neither the address nor the code is kept: ``token_sha256`` and ``code_hash`` are. The gate decides again at every opening.
    """

    file = models.ForeignKey(LeftFile, on_delete=models.PROTECT, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=160)
    openings = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            *_walls("link"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="privacy_link_expires_later"),
            models.CheckConstraint(condition=Q(openings__gte=1, openings__lte=5), name="privacy_link_few_openings"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="privacy_link_revoked_by",
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"


class LinkTry(models.Model):
    """Somebody entered a code for a link, right or wrong. Append-only."""

    link = models.ForeignKey(ShareLink, on_delete=models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    right = models.BooleanField()

    class Meta:
        verbose_name_plural = "link tries"

    def __str__(self) -> str:
        return f"{'right' if self.right else 'wrong'} code for {self.link_id}"


class Disclosure(Leaving):
    """Something left, at ``at``. Written in the transaction of the act that let it out. Append-only (42 CFR 2.25).

    ``count``: how many records or repeats it stands for. ``content_sha256`` and ``size`` are of what went ('' and 0 where it was said).
    """

    channel = models.CharField(max_length=12, choices=[(each.value, each.label) for each in Channel])
    count = models.PositiveIntegerField(default=1)
    content_sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    file = models.ForeignKey(LeftFile, on_delete=models.PROTECT, null=True, blank=True, related_name="disclosures")
    link = models.ForeignKey(ShareLink, on_delete=models.PROTECT, null=True, blank=True, related_name="opened")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["client", "-at"], name="privacy_disclosure_client"),
            models.Index(fields=["-at"], name="privacy_disclosure_lately"),
        ]
        constraints = [
            *_walls("disclosure"),
            one_of("channel", Channel, "privacy_disclosure_known_channel"),
            models.CheckConstraint(condition=Q(count__gte=1), name="privacy_disclosure_counts"),
            models.CheckConstraint(
                condition=(Q(size__gt=0) & ~Q(content_sha256="")) | Q(size=0, content_sha256="", channel__in=["oral", "shown"]),
                name="privacy_disclosure_has_content",
            ),
            models.CheckConstraint(
                condition=Q(channel="link", link__isnull=False) | (~Q(channel="link") & Q(link=None)),
                name="privacy_disclosure_of_a_link",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"disclosure {self.pk}"


class AccountingSuspension(models.Model):
    """An agency asked that what it received not be told to the client until ``until`` (45 CFR 164.528(a)(2)). Append-only.

    ``recipient`` is the agency. On word of mouth (``oral``) it lasts thirty days at the most.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="accounting_suspensions")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    statement = models.CharField(max_length=300)
    oral = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("started_at")) & ~Q(statement=""), name="privacy_suspension_has_an_end"
            )
        ]

    def __str__(self) -> str:
        return f"suspension {self.pk}"


class AccountingGiven(models.Model):
    """A client was given an accounting of disclosures: the paper as it was, kept for six years and longer. Append-only."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="accountings")
    years = models.PositiveSmallIntegerField()
    lines = models.PositiveIntegerField()
    file = models.ForeignKey(LeftFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(years__in=[3, 6]), name="privacy_accounting_years")]

    def __str__(self) -> str:
        return f"accounting {self.pk}"
