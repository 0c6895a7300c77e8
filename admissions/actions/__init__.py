"""What crosses rooms: one file a use case, each one transaction."""
