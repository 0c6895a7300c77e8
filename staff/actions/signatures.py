"""Put a name under something written."""

from datetime import datetime

from django.db import models

from staff.models import Person, Signature


def sign(*, by: Person, at: datetime, meaning: str, subject: models.Model, sealed: str) -> Signature:
    """A signature with the credentials of now under a row; for use inside another action's transaction.

    ``meaning``: author or cosign. ``sealed``: the hash of what was signed. The same name under the same words twice breaks
    ``staff_signed_once``.
    """
    return Signature.objects.create(
        person=by, credentials=by.credentials, meaning=meaning, subject_kind=subject._meta.label, subject_id=subject.pk,
        content_sha256=sealed, at=at,
    )  # fmt: skip
