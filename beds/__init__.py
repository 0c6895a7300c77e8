"""Which bed: units, rooms, beds, stays, holds, closures, cleaning."""
