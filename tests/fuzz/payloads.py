"""What no field should choke on: SQL, HTML, headers, paths, NUL, much too long, the wrong kind, somebody else's key."""

MARK = "fzq7"
"""Stands in every HTML payload, so that an answer that repeats it unescaped is found."""

SQL = (
    "' OR 1=1 --",
    '"; DROP TABLE programs_client; --',
    "1) UNION SELECT NULL,NULL--",
    "%' AND SLEEP(5) --",
    "\\'",
    "$$;--",
)
HTML = (
    f"<script>{MARK}</script>", f'"><img src=x onerror={MARK}>', f"'-alert({MARK})-'", f"{{{{ {MARK} }}}}<b>{MARK}",
    f"</textarea><svg onload={MARK}>", f"javascript:{MARK}",
)  # fmt: skip
HEADER = ("x\r\nSet-Cookie: fuzz=1", "x\nLocation: https://elsewhere.example", "%0d%0aX-Fuzz: 1", "x\r\n\r\n<html>")
PATHS = (
    "../../../../etc/passwd",
    "/etc/passwd\x00.png",
    "..\\..\\windows\\win.ini",
    "file:///etc/passwd",
    "//elsewhere.example/x",
)
ODD = (
    "", " ", "\x00", "a\x00b", "\ud83d\ude00", "\u202egnp.exe", "\ufeff", "é" * 300, "A" * 5000, "9" * 400, "-1", "0", "1e309", "NaN",
    "Infinity", "-0", "٣", "12,5", "1_000", "0x1F", "true", "null", "[]", "{}", '{"a": {"b": [null]}}', "\t\n\r", "%", "%s%n", "{0}",
    "${7*7}", "{{7*7}}",
)  # fmt: skip
TIMES = (
    "0000-00-00", "9999-12-31", "10000-01-01", "2025-02-30", "2025-03-09T02:30", "2025-11-02T01:30", "1969-12-31T23:59", "25:61",
    "2025-13-01", "0001-01-01T00:00", "9999-12-31T23:59", "now", "2025-11-18T10:42:00+99:99", "2025-W01-1",
)  # fmt: skip
KEYS = (
    "0",
    "-1",
    "1",
    "2",
    "3",
    "7",
    "999999999",
    "9223372036854775807",
    "9223372036854775808",
    "1.5",
    "01",
    "1 OR 1=1",
)
UUIDS = ("not-a-uuid", "00000000-0000-0000-0000-000000000000", "00000000-0000-4000-8000-00000000000g")

ALL = (*SQL, *HTML, *HEADER, *PATHS, *ODD, *TIMES, *KEYS, *UUIDS)
ECHOES = (f"<script>{MARK}", f"<img src=x onerror={MARK}", f"<svg onload={MARK}", f"<b>{MARK}")
"""What must not stand in any answer as it is."""
