"""HTML of the bed room: parse, call one query or action, answer."""
