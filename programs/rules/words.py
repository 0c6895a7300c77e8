"""What is typed in a few words: whether it is there, fits, and can be kept."""

from audit.rules.findings import Finding, stop


def tidy(value: str) -> str:
    """The words with single spaces between them."""
    return " ".join(value.split())


def check_words(value: str, field: str, *, longest: int, missing: str = "") -> list[Finding]:
    """What is wrong with a line of words: empty where ``missing`` says what to write, longer than ``longest``, a NUL in it."""
    if "\x00" in value:
        return [stop("words.sign", "There is a sign in it that cannot be kept. Type it anew.", field=field)]
    if not value.strip():
        return [stop("words.missing", missing, field=field)] if missing else []
    if len(value.strip()) > longest:
        message = f"That is {len(value.strip())} letters; {longest} fit. Say it shorter."
        return [stop("words.long", message, field=field)]
    return []
