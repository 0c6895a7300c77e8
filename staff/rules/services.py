"""What another system may do that reads from here by itself, how long its token is good, and how often it may ask."""

from datetime import timedelta
from enum import StrEnum

LONGEST = timedelta(days=366)  # a token is made anew at least once a year
SHORTEST = timedelta(hours=1)
A_MINUTE = 120  # requests of one token
WRONG_A_MINUTE = 20  # tokens that are none, from one address
MARK = "swt_"  # how a token begins, so that one that leaked is found by a search


class Scope(StrEnum):
    """One thing a service account may do; the value is stable and stands in the token's row."""

    FHIR_READ = "fhir.read"
    FHIR_EXPORT = "fhir.export"

    @property
    def label(self) -> str:
        """The end of the sentence 'It may ...'."""
        return _MAY[self]


_MAY = {
    Scope.FHIR_READ: "read records over FHIR, each through the gate",
    Scope.FHIR_EXPORT: "start and fetch an export of the whole organisation over FHIR",
}
