"""Reads the environment: every variable Stepwell knows, with its default and what to do when it is wrong."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class BadEnvironment(Exception):
    """A variable is missing or wrong; the sentence says what to set."""


def text(name: str, default: str = "") -> str:
    """The variable as text; ``default`` when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """The variable as yes or no."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadEnvironment(f"{name} is {value!r}; set it to 1 or 0.")


def words(name: str, default: str = "") -> list[str]:
    """The variable as a list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret_key() -> str:
    """SECRET_KEY, or in the demonstration and in tests a key kept in the data folder."""
    given = text("SECRET_KEY")
    if given:
        return given
    if text("DATABASE_URL") and not demo():
        raise BadEnvironment("SECRET_KEY is not set; set it to 50 or more random characters.")
    kept = data_folder() / "secret-key"
    if not kept.exists():
        import secrets

        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_text(secrets.token_urlsafe(48))
        fresh.chmod(0o600)
        try:
            os.link(fresh, kept)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept.read_text()


def demo() -> bool:
    """True where this is the demonstration: one-tap sign-in exists and every person is invented."""
    return flag("STEPWELL_DEMO")


def data_folder() -> Path:
    """Where the embedded servers keep their data (``STEPWELL_DATA``, else ``.stepwell/demo`` in the checkout)."""
    return Path(text("STEPWELL_DATA", str(ROOT / ".stepwell" / "demo"))).resolve()
