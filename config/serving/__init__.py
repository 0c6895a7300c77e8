"""Serving: many processes behind one proxy, that come and go without losing a request, and say how they are."""
