"""Realtime: topics, sequence numbers, the one consumer and hub. No clinical word in it."""
