"""What live pages count, as Prometheus reads it. Labels name kinds of things, never one of them."""

from prometheus_client import Counter, Histogram

DRAWN = Counter("stepwell_live_drawn", "Drawings: one for all pages that see the same.", ["kind"])  # patch, redraw
SENT = Counter("stepwell_live_sent", "Drawings handed to pages.")
BATCHES = Histogram(
    "stepwell_live_batch_seconds",
    "From the moment a batch is taken up until its last page has it.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
TOLD = Histogram(
    "stepwell_live_commit_to_sent_seconds",
    "From the commit of a change until the last page of this process was sent it, by the clocks of both processes.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10),
)
UNSENT = Counter(
    "stepwell_live_publish_failures", "Announcements that did not reach Redis; pages find out by the number."
)
SKIPPED = Counter("stepwell_live_skipped", "Times a page did not keep up and was skipped until its next word.")
