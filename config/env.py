"""Reads the environment: every variable Stepwell knows, with its default and what to do when it is wrong."""

import os
from datetime import timedelta
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


def second_factor() -> bool:
    """True where everybody needs a second factor to go past sign-in: everywhere but in the demonstration, unless turned off."""
    return flag("REQUIRE_SECOND_FACTOR", default=not demo())


def logs_requests() -> bool:
    """Whether each request is a line of the log (``LOG_REQUESTS``; where it is unset, with ``LOG_FORMAT=json``)."""
    return flag("LOG_REQUESTS", default=text("LOG_FORMAT") == "json")


def data_folder() -> Path:
    """Where the embedded servers keep their data (``STEPWELL_DATA``, else ``.stepwell/demo`` in the checkout)."""
    return Path(text("STEPWELL_DATA", str(ROOT / ".stepwell" / "demo"))).resolve()


def counseling_keys_file() -> Path:
    """The file with the keys of SUD counseling notes (``COUNSELING_KEYS_FILE``, else in the data folder): where backups are not."""
    return Path(text("COUNSELING_KEYS_FILE", str(data_folder() / "counseling-keys"))).resolve()


def makes_counseling_keys() -> bool:
    """True in the demonstration and in tests, where that file is made when it is missing; elsewhere an operator makes it."""
    return demo() or not text("DATABASE_URL")


def audit_anchors() -> Path:
    """The file of the audit anchors (``AUDIT_ANCHORS``, else in the data folder): best on another disk or machine."""
    return Path(text("AUDIT_ANCHORS", str(data_folder() / "audit-anchors.txt"))).resolve()


def anchor_every() -> timedelta:
    """How long the sealer waits from one anchor to the next (``AUDIT_ANCHOR_HOURS``, else a day)."""
    hours = text("AUDIT_ANCHOR_HOURS", "24")
    if not hours.isdecimal() or not 1 <= int(hours) <= 24:
        raise BadEnvironment(f"AUDIT_ANCHOR_HOURS is {hours!r}; set it to whole hours from 1 to 24.")
    return timedelta(hours=int(hours))


def hides_searches() -> bool:
    """Whether the trail keeps a keyed hash of the words of a search (``AUDIT_SEARCH_WORDS=hash``, the default) or the words."""
    kept = text("AUDIT_SEARCH_WORDS", "hash")
    if kept not in {"hash", "plain"}:
        raise BadEnvironment(f"AUDIT_SEARCH_WORDS is {kept!r}; set it to hash or plain.")
    return kept == "hash"


def backup_folder() -> Path:
    """Where backups are kept (``BACKUP_FOLDER``, else in the data folder): best on another disk or machine."""
    return Path(text("BACKUP_FOLDER", str(data_folder() / "backups"))).resolve()


def backup_keep() -> int:
    """How many backups are kept (``BACKUP_KEEP``, else 14; 0: all)."""
    keep = text("BACKUP_KEEP", "14")
    if not keep.isdecimal():
        raise BadEnvironment(f"BACKUP_KEEP is {keep!r}; set it to a number, 0 for all.")
    return int(keep)


def backup_key() -> str:
    """The key of backups (``BACKUP_KEY``, or the content of the file ``BACKUP_KEY_FILE``). Raises BadEnvironment where there is none."""
    given, file = text("BACKUP_KEY"), text("BACKUP_KEY_FILE")
    if given:
        return given
    if not file:
        raise BadEnvironment(
            "BACKUP_KEY is not set. Make a key with 'manage.py backup --new-key' and keep it apart from the backups."
        )
    try:
        return Path(file).read_text().strip()
    except OSError as trouble:
        raise BadEnvironment(f"BACKUP_KEY_FILE {file} cannot be read: {trouble.strerror}.") from None
