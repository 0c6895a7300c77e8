"""Controlled stock on paper."""
