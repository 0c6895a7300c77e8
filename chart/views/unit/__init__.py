"""Pages of a unit: rounds, incidents, handoffs, the report of a day."""
