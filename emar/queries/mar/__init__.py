"""A client's medication record of a month, as it stood at any past minute."""

from emar.queries.mar.month import mar
from emar.queries.mar.rows import Box, Given, Line, Month, Note, Ordered, Signer

__all__ = ["Box", "Given", "Line", "Month", "Note", "Ordered", "Signer", "mar"]
