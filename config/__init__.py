"""Settings, URLs, servers, and the lists of who is live: the only place that knows every app."""
