"""Medications: formulary, orders, doses due, administrations."""
