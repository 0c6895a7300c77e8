"""The floor of a charted dose: bare PostgreSQL commits of rows of the same size."""

from types import TracebackType
from uuid import uuid4

from django.db import connection

SIZES = ((1, 320), (2, 420), (3, 160))  # bytes: administration, audit event, answer
BUMP = "INSERT INTO live_topic (name, seq) VALUES (%s, 1) ON CONFLICT (name) DO UPDATE SET seq = live_topic.seq + 1"


class Bare:
    """A connection of its own; a call commits the rows a charted dose writes: administration, audit event, answer, topic."""

    def __init__(self) -> None:
        self.connection = connection.copy()
        self.connection.inc_thread_sharing()
        self.topic = uuid4().hex
        with self.connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, kind int, payload text)")

    def __enter__(self) -> "Bare":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the database."""
        self.connection.close()

    def run(self) -> None:
        """One transaction."""
        with self.connection.cursor() as cursor:
            cursor.execute("BEGIN")
            for kind, size in SIZES:
                cursor.execute("INSERT INTO bench_floor (kind, payload) VALUES (%s, %s)", [kind, "x" * size])
            cursor.execute(BUMP, [f"bench.{self.topic}"])
            cursor.execute("COMMIT")
