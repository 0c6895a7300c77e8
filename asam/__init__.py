"""Levels of care: ratings, recommendation, decision, review."""
