"""What can people do with beds? One file a noun: ``stays.assign``, ``holds.hold``, ``cleaning.accept``, ``closures.close``."""

from beds.actions import cleaning, closures, holds, staffing, stays

__all__ = ["cleaning", "closures", "holds", "staffing", "stays"]
