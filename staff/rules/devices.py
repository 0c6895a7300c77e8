"""What a browser says it is, in a few words a person knows their own device by. A guess: nothing rests on it."""

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPad", "an iPad"), ("iPhone", "an iPhone"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "a Chromebook"),
    ("Macintosh", "a Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_words(user_agent: str) -> str:
    """'Chrome on Windows', 'Safari on an iPad'; 'A browser' where nothing is known."""
    browser = next((words for part, words in _BROWSERS if part in user_agent), "A browser")
    system = next((words for part, words in _SYSTEMS if part in user_agent), "")
    return f"{browser} on {system}" if system else browser
