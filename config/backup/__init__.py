"""Backups: the whole database in one encrypted file, and back again."""
