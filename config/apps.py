"""The configuration as an app: what it listens to is connected at the start."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Knows every app."""

    name = "config"

    def ready(self) -> None:
        """Connect the receivers."""
        import config.sessions  # noqa: F401
