#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it uses the trial's embedded Postgres, and starts it where it is not running."""

import os
import sys
from collections.abc import Callable

WITHOUT_DATABASE = {"help", "version", "--help", "-h", "--version", "collectstatic", "makemessages", "compilemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not here: run bin/run once, it installs everything, then use .venv/bin/python manage.py")
    from django.core.exceptions import ImproperlyConfigured

    try:
        run(execute_from_command_line)
    except ImproperlyConfigured as error:
        sys.exit(str(error))


def run(execute: Callable[[list[str]], None]) -> None:
    if os.environ.get("DATABASE_URL") or WITHOUT_DATABASE.intersection(sys.argv[1:2] or ["help"]):
        on_its_tables(execute)
    else:
        with_embedded_database(execute)


def with_embedded_database(execute: Callable[[list[str]], None]) -> None:
    from django.conf import settings
    from django.db import connections

    from newsroom import postgres

    server = postgres.Server(settings.VAR)
    try:
        server.join()
        on_its_tables(execute)
    except postgres.PostgresError as error:
        sys.exit(str(error))
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # Postgres's own
        server.leave()


def on_its_tables(execute: Callable[[list[str]], None]) -> None:
    """Whatever fails on a database that was never brought up to date fails for that reason."""
    try:
        execute(sys.argv)
    except Exception:
        if is_behind():
            sys.exit("The database lacks tables or columns of this version: run bin/run first, or manage.py migrate.")
        raise


def is_behind() -> bool:
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except (Error, LookupError):  # it does not answer, or the program was not set up: not what is asked here
        return False


if __name__ == "__main__":
    main()
