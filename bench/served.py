"""``python -m bench.served``: Daphne's command line, with the server that ``manage.py web`` runs."""

import sys

from daphne.cli import CommandLineInterface

import config.asgi  # noqa: F401  Django is ready then
from config.serving.server import DrainingServer


class Served(CommandLineInterface):  # type: ignore[misc]
    """The same options."""

    server_class = DrainingServer


if __name__ == "__main__":
    Served().run(sys.argv[1:])
