#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it uses the trial's embedded Postgres, and starts it where it is not running."""

import os
import sys

WITHOUT_DATABASE = {
    "help",
    "version",
    "--help",
    "-h",
    "--version",
    "collectstatic",
    "diffsettings",
    "makemessages",
    "compilemessages",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not here: run bin/run once, it installs everything, then use .venv/bin/python manage.py")
    if not os.environ.get("DATABASE_URL") and not WITHOUT_DATABASE.intersection(sys.argv[1:2] or ["help"]):
        start_database()
    execute_from_command_line(sys.argv)


def start_database() -> None:
    from django.conf import settings

    from newsroom import postgres

    try:
        postgres.ensure_running(settings.VAR)
    except postgres.PostgresError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
