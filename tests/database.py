"""A Postgres of its own for every pytest process: started before Django reads its settings, gone when the process is."""

import os
import tempfile
from pathlib import Path
from typing import Any

from newsroom import postgres

# What would make the site under test another one than the trial that everybody has.
FOREIGN = (
    *("ALLOWED_HOSTS", "DATABASE_POOL", "DATABASE_URL", "DEBUG", "DEFAULT_FROM_EMAIL", "DIGEST_HOUR", "EMAIL_URL", "HOST"),
    *("COLLECT_AT_ONCE", "INSECURE_LOCAL", "SECURE_SSL_REDIRECT"),
    *("LANGUAGE_CODE", "LOG_LEVEL", "MEDIA_URL", "NEWSROOM_DEMO", "NEWSROOM_VAR", "PORT", "SECRET_KEY", "SITE_URL", "TIME_ZONE"),
)


def start() -> Path:
    """Point the environment at a new, empty NEWSROOM_VAR whose server runs. Returns that folder."""
    for name in [name for name in os.environ if name in FOREIGN or name.startswith(("CDN_", "S3_", "STRIPE_", "PAYPAL_"))]:
        del os.environ[name]
    var = Path(tempfile.mkdtemp(prefix="newsroom-test-"))
    (var / "static").mkdir()  # WhiteNoise warns where there is none
    postgres.ensure_running(var, throwaway=True)
    os.environ["NEWSROOM_VAR"] = str(var)
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    return var


def let_tests_empty_every_table() -> None:
    """After a test with real transactions all tables are emptied: the ledger too, which refuses that to everybody else,
    and the job queue, whose tables Django does not count as its own."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **options: Any) -> list[str]:
        queue = "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers CASCADE"
        return ["SET LOCAL session_replication_role = replica", *plain(self, *args, **options), queue]  # no trigger fires

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign,assignment]
