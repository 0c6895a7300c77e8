"""The pages of controlled stock."""
