"""What the fundraisers' page and the exports cost with a million lines in the ledger.

.venv/bin/python benchmarks/overview.py [--lines 1000000] [--keep /some/folder]

Three years of gifts, half of them from 20,000 monthly pledges; one in twenty was sent back, one in three knows the article that
brought it. “s” is by the clock, and “MB” what the process grew by at the most. The database is thrown away unless it is kept.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PLEDGES = 20_000
ROWS = {
    "donors": """INSERT INTO campaigns_donor (id, email, name, language, street, postcode, city, region, country, tax_number,
        wants_news, created_at) SELECT n, 'donor' || n || '@example.org', 'Donor ' || n, 'en', '', '', '', '', '', '', false,
        now() FROM generate_series(1, %(gifts)s / 4) n""",
    "pledges": """INSERT INTO campaigns_pledge (id, token, donor_id, campaign_id, amount, covered, currency, rhythm, day,
        anonymous, status, processor, mandate, method, consent, consented_at, started_at, next_due, problem)
        SELECT n, gen_random_uuid(), n, %(campaign)s + n %% 4, 1000, 0, 'EUR', 'monthly', 1 + n %% 28, false, 'active', 'sandbox',
        '', '', '', %(begin)s, %(begin)s + n * %(pledge_step)s, current_date + n %% 28, ''
        FROM generate_series(1, %(pledges)s) n""",
    "gifts": """INSERT INTO campaigns_donation (id, token, submit_key, fingerprint, campaign_id, donor_id, pledge_id, article_id,
        amount, covered, fee, currency, name, anonymous, message, on_wall, tribute, tribute_name, gift_aid, particulars, source,
        hold_reason, method, language, status, processor, processor_ref, reference, checkout_url, problem, created_at,
        received_at, look_problem)
        SELECT n, gen_random_uuid(), md5('s' || n), md5('f' || n), %(campaign)s + n %% 4, 1 + n %% (%(gifts)s / 4),
        CASE WHEN n %% 2 = 0 THEN 1 + n / 2 %% %(pledges)s END, CASE WHEN n %% 3 = 0 THEN (SELECT min(id) FROM articles_article)
        + n %% 200 END, 1000 + n %% 5000, 0, 50, 'EUR', 'Somebody', false, '', false, '', '', false, '{}', '', '', '', 'en',
        'received', (ARRAY['stripe', 'paypal', 'offline'])[1 + n %% 3], 'pay_' || n, 'R' || n, '', '', %(begin)s + n * %(step)s,
        %(begin)s + n * %(step)s, '' FROM generate_series(1, %(gifts)s) n""",
    "entries": """INSERT INTO campaigns_ledgerentry (donation_id, campaign_id, kind, amount, currency, processor, processor_ref,
        at, recorded_at, note) SELECT id, campaign_id, 'gift', amount, currency, processor, processor_ref,
        received_at, received_at, '' FROM campaigns_donation ORDER BY id""",
    "refunds": """INSERT INTO campaigns_ledgerentry (donation_id, campaign_id, kind, amount, currency, processor, processor_ref,
        at, recorded_at, note) SELECT id, campaign_id, 'refund', -500, currency, processor, 're_' || id,
        received_at + interval '1 hour', received_at, '' FROM campaigns_donation WHERE id %% 20 = 0 ORDER BY id""",
    "instalments": """INSERT INTO campaigns_instalment (pledge_id, period, attempt, donation_id, status, claimed_at, problem,
        needs_donor) SELECT pledge_id, received_at::date, 0, max(id), 'paid', max(received_at), '', false FROM campaigns_donation
        WHERE pledge_id IS NOT NULL GROUP BY 1, 2""",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        var = options.keep or Path(folder)
        os.environ |= {"NEWSROOM_VAR": str(var), "NEWSROOM_DEMO": "0", "LOG_LEVEL": "ERROR"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
        from newsroom import postgres

        postgres.ensure_running(var, throwaway=options.keep is None)
        measure(options.lines * 20 // 21)


def measure(gifts: int) -> None:
    import django
    from django.conf import settings

    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from campaigns.models import Donation

    if not Donation.objects.exists():
        fill(gifts)
    print(f"{'':44}{'s':>8}{'MB':>8}")
    for name, deed in deeds():
        report(name, deed)


def report(name: str, deed: Callable[[], Any]) -> None:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    said = deed()
    took, grown = time.perf_counter() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{name:44}{took:8.2f}{grown:8.0f}   {said or ''}", flush=True)


def fill(gifts: int) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from campaigns.models import Campaign

    call_command("benchmark_content", articles=300, pictures=1, stdout=sys.stderr)
    begin = timezone.now() - timedelta(days=3 * 365)
    about: dict[str, Any] = {"call": "Give.", "goal": 10**9, "starts_at": begin, "status": "open", "suggested_amounts": [1000]}
    first, *_ = [Campaign.objects.create(title=f"Benchmark {n}", slug=f"benchmark-{n}", **about) for n in range(4)]
    facts = {"gifts": gifts, "campaign": first.pk, "begin": begin, "step": timedelta(days=3 * 365) / gifts}
    facts |= {"pledges": PLEDGES, "pledge_step": timedelta(days=3 * 365) / PLEDGES}
    with connection.cursor() as cursor:
        for name, statement in ROWS.items():
            report(f"made: {name}", lambda statement=statement: cursor.execute(statement, facts) and None)
        for table in ("donor", "pledge", "donation"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('campaigns_{table}', 'id'), max(id)) FROM campaigns_{table}")
        cursor.execute("VACUUM ANALYZE")


def deeds() -> Iterator[tuple[str, Callable[[], Any]]]:
    from django.utils import timezone

    from campaigns import exporting, overview
    from campaigns.overview import Period

    def csv(name: str, chosen: Any) -> str:
        table = exporting.TABLES[name]
        return f"{sum(map(len, exporting.as_csv(table.headings, table.lines(chosen)))) / 2**20:,.0f} MB"

    def xlsx(name: str, chosen: Any) -> str:
        table = exporting.TABLES[name]
        some = islice(table.lines(chosen), exporting.MOST_ROWS)
        with exporting.as_xlsx(table.label, table.headings, some) as file:
            return f"{exporting.MOST_ROWS:,} rows, {file.seek(0, 2) / 2**20:,.0f} MB"

    today = timezone.localdate()
    for name, period in {
        "30 days": Period.days(30, today=today),
        "a year": Period.days(365, today=today),
        "all": Period.days(1100, today=today),
    }.items():
        yield f"figures, {name}", lambda period=period: [f"{sheet.total.gifts:,}" for sheet in overview.sheets(period)]
    yield "retention", lambda: f"{len(overview.cohorts(today=today))} months"
    yield "expected", lambda: f"{overview.expected(today=today)}"
    everything, days = exporting.Chosen(Period.days(1100, today=today)), exporting.Chosen(Period.days(30, today=today))
    yield "xlsx of gifts", lambda: xlsx("gifts", everything)
    yield "csv of gifts, 30 days", lambda: csv("gifts", days)
    for name in exporting.TABLES:
        yield f"csv of {name}", lambda name=name: csv(name, everything)


if __name__ == "__main__":
    main()
