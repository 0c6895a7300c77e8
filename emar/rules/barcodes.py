"""What a scanner read: which codes it may stand for, and whether it was read only in part. No look-up: that is the caller's.

- GS1 (GS1 General Specifications): application identifiers such as (01) GTIN, (17) expiry, (10) lot, in DataMatrix, QR or Code 128,
  with or without brackets; a group separator (ASCII 29) ends what has no fixed length.
- The last digit of a GTIN (8, 12, 13 or 14 digits) is a check digit: weights 3 and 1 from the right, modulo 10.
- A GTIN whose company part begins with 03 carries the ten digits of an NDC (FDA, 21 CFR 207.33 and the HDA guide); where its hyphens
  stand is not printed in it, so it stands for each of 4-4-2, 5-3-2 and 5-4-1, and for the eleven digits 5-4-2 of billing.
- Our own labels and wristbands: ``programs.rules.codes``.

``static/js/barcodes.js`` does the same on the tablet; both are held to tests/emar/barcodes.json.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from programs.rules.codes import BAND, LABEL, is_code, is_piece, tidy

GS = "\x1d"
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9]")
_BRACKET = re.compile(r"\((\d{2,4})\)([^(]*)", re.ASCII)
_NDC = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})", re.ASCII)
_IN_GTIN = re.compile(r"\d03(\d{10})\d", re.ASCII)
_FIXED: Mapping[str, int] = MappingProxyType(
    {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
)
_OPEN = ("10", "21", "22", "30", "37", "240", "241", "710", "711", "712", "713", "714")


@dataclass(frozen=True)
class Reading:
    """``codes`` are what the label may be known as, as it was read first; ``damaged``: it cannot have been read whole.

    ``expires`` is YYMMDD and ``lot`` as the package says them, '' where it does not.
    """

    codes: tuple[str, ...]
    damaged: bool = False
    expires: str = ""
    lot: str = ""

    @property
    def is_band(self) -> bool:
        """Whether it is one of our wristbands, whole."""
        return any(is_code(BAND, code) for code in self.codes)


def read(raw: str) -> Reading:
    """Read what a scanner sent, or a hand typed. A code that is known is right as it stands: look up ``codes`` before ``damaged``."""
    text = raw.strip(" \r\n\t")
    plain = _SYMBOLOGY.sub("", text, count=1) if text.startswith("]") else text
    own = tidy(plain)
    fields = _fields(plain)
    found: dict[str, None] = {}
    for code in (text, plain, *([own] if _ours(own) else []), *_names(fields, plain)):
        if code and _printable(code):
            found.setdefault(code)
    broken = not _ours(own) and (not _printable(text.replace(GS, "")) or len(plain) < 3 or is_piece(own))
    return Reading(
        tuple(found), broken or _gtin_broken(text, plain, fields), fields.get("17", "")[:6], fields.get("10", "")
    )


def check_digit(digits: str) -> str:
    """The check digit of the digits before it, of any GTIN."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def is_gtin(digits: str) -> bool:
    """Whether these are 8, 12, 13 or 14 digits with the right check digit."""
    return len(digits) in (8, 12, 13, 14) and _digits(digits) and check_digit(digits[:-1]) == digits[-1]


def expires_on(written: str, today: date) -> date | None:
    """The last day of YYMMDD; day 00 is the end of the month; the century is the nearer one. None for no date."""
    if not re.fullmatch(r"\d{6}", written, re.ASCII):
        return None
    short, month, day = int(written[:2]), int(written[2:4]), int(written[4:])
    year = min((century + short for century in (1900, 2000, 2100)), key=lambda each: abs(each - today.year))
    if not 1 <= month <= 12 or day > monthrange(year, month)[1]:
        return None
    return date(year, month, day or monthrange(year, month)[1])


def ndc_forms(ten: str) -> tuple[str, ...]:
    """Every way in which the ten digits of an NDC are written: hyphenated, with eleven digits, and without hyphens."""
    cuts = ((4, 8), (5, 8), (5, 9))
    parts = [(ten[:first], ten[first:second], ten[second:]) for first, second in cuts]
    hyphened = ["-".join(part) for part in parts]
    eleven = ["-".join((one.zfill(5), two.zfill(4), three.zfill(2))) for one, two, three in parts]
    return (*hyphened, *eleven, ten, *(each.replace("-", "") for each in eleven))


def _names(fields: Mapping[str, str], plain: str) -> Iterator[str]:
    """What else the same package may be known as."""
    gtin = fields.get("01", "") if is_gtin(fields.get("01", "")) else plain if is_gtin(plain) else ""
    if gtin:
        whole = gtin.zfill(14)
        yield from (gtin, whole)
        yield from (whole[-length:] for length in (13, 12) if whole[:-length].strip("0") == "")
        if carried := _IN_GTIN.fullmatch(whole):
            yield from ndc_forms(carried[1])
    elif written := _NDC.fullmatch(plain):
        yield from _of_hyphens(*written.groups())
    elif _digits(plain) and len(plain) == 10:
        yield from ndc_forms(plain)
    elif _digits(plain) and len(plain) == 11:
        yield from _of_hyphens(plain[:5], plain[5:9], plain[9:])


def _of_hyphens(one: str, two: str, three: str) -> Iterator[str]:
    """The same NDC with eleven digits, and each way to write it with ten."""
    whole = one.zfill(5), two.zfill(4), three.zfill(2)
    yield from ("-".join(whole), "".join(whole))
    for place, part in enumerate(whole):
        if part.startswith("0"):
            ten = (*whole[:place], part[1:], *whole[place + 1 :])
            yield from ("-".join(ten), "".join(ten))


def _fields(plain: str) -> dict[str, str]:
    """The application identifiers of a GS1 string and what they hold; what cannot be told is left out."""
    if plain.startswith("("):
        return {name: value.strip() for name, value in _BRACKET.findall(plain)}
    if not plain.lstrip(GS).startswith("01"):
        return {}
    found: dict[str, str] = {}
    rest = plain.lstrip(GS)
    while rest:
        name = next((each for each in (*_FIXED, *_OPEN) if rest.startswith(each)), "")
        if not name:
            break
        rest = rest[len(name) :]
        if name in _FIXED:
            value, rest = rest[: _FIXED[name]], rest[_FIXED[name] :].removeprefix(GS)
        else:
            value, _, rest = rest.partition(GS)
        found.setdefault(name, value)
    return found


def _gtin_broken(text: str, plain: str, fields: Mapping[str, str]) -> bool:
    """Whether a GTIN in it lacks digits or has a wrong one."""
    if "01" in fields and (text.startswith(("]", "(")) or GS in text or (len(plain) >= 16 and _digits(plain[:16]))):
        return len(fields["01"]) != 14 or not is_gtin(fields["01"])
    return _digits(plain) and len(plain) in (12, 13, 14) and not is_gtin(plain)


def _ours(code: str) -> bool:
    return is_code(BAND, code) or is_code(LABEL, code)


def _printable(text: str) -> bool:
    return all(" " < letter <= "~" or letter == GS for letter in text)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
