"""The credentials after a name."""


def split_credentials(credentials: str) -> list[str]:
    """'LSW, CADC' or 'LSW/CADC' as its parts."""
    return [part.strip() for part in credentials.replace("/", ",").split(",") if part.strip()]
