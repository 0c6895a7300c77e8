"""The demonstration: invented people, their history, and colleagues who work quietly along."""
