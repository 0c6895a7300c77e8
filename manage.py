#!/usr/bin/env python
"""Runs one of Stepwell's commands, with the embedded servers up where no others are given."""

import os
import sys

WITHOUT_SERVERS = {"collectstatic", "help", "version", "--help", "--version", "demo", "serve", "check"}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config import embedded, env

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command in WITHOUT_SERVERS:
            execute_from_command_line(sys.argv)
        else:
            with embedded.Servers():
                execute_from_command_line(sys.argv)
    except (embedded.CannotStart, env.BadEnvironment) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
