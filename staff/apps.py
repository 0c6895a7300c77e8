"""The staff app: whoever is made inactive, or gets another password, is signed out elsewhere."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Listens from the start."""

    name = "staff"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers."""
        import staff.receivers  # noqa: F401
