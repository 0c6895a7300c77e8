"""Groups: sessions, attendance, minutes, group notes."""
