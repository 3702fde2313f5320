"""What the proof of the books, the comparison with a processor's and the desk's lists cost with a million gifts.

.venv/bin/python benchmarks/books.py [--gifts 1000000] [--keep /some/folder]

The gifts are one campaign's, of three years; one in twenty was sent back. “s” is by the clock, and “MB” what the process
grew by at the most. The database is thrown away unless it is kept.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# Keys are those of the series: gift n has donor, entry, receipt and event n.
ROWS = {
    "donors": """INSERT INTO campaigns_donor (id, email, name, language, street, postcode, city, region, country, tax_number,
        wants_news, created_at) SELECT n, 'donor' || n || '@example.org', 'Donor ' || n, 'en', '', '', '', '', '', '', false,
        now() FROM generate_series(1, %(gifts)s) n""",
    "gifts": """INSERT INTO campaigns_donation (id, token, submit_key, fingerprint, campaign_id, donor_id, amount, covered, fee,
        currency, name, anonymous, message, on_wall, tribute, tribute_name, gift_aid, particulars, source, hold_reason, method,
        language, status, processor, processor_ref, reference, checkout_url, problem, created_at, received_at, look_problem)
        SELECT n, gen_random_uuid(), md5('s' || n), md5('f' || n), %(campaign)s, n, 1000 + n %% 5000, 0, 50, 'EUR', '', false,
        '', false, '', '', false, '{}', '', '', '', 'en', 'received', 'sandbox', 'pay_' || n, 'R' || n, '', '',
        %(begin)s + n * %(step)s, %(begin)s + n * %(step)s, '' FROM generate_series(1, %(gifts)s) n""",
    "entries": """INSERT INTO campaigns_ledgerentry (donation_id, campaign_id, kind, amount, currency, processor, processor_ref,
        at, recorded_at, note) SELECT id, campaign_id, 'gift', amount, currency, processor, processor_ref,
        received_at, received_at, '' FROM campaigns_donation ORDER BY id""",
    "refunds": """INSERT INTO campaigns_ledgerentry (donation_id, campaign_id, kind, amount, currency, processor, processor_ref,
        at, recorded_at, note) SELECT id, campaign_id, 'refund', -500, currency, processor, 're_' || id,
        received_at + interval '1 hour', received_at, '' FROM campaigns_donation WHERE id %% 20 = 0 ORDER BY id""",
    "receipts": """INSERT INTO campaigns_receipt (donation_id, entity_id, prefix, year, number, issued_at, mailed_at)
        SELECT id, %(entity)s, '', y, row_number() OVER (PARTITION BY y ORDER BY id), received_at, received_at
        FROM (SELECT *, extract(year FROM received_at)::int AS y FROM campaigns_donation) d""",
    "papers": """INSERT INTO campaigns_receiptversion (receipt_id, version, contents, made_at, reason)
        SELECT r.id, 1, jsonb_build_object('left', sum(e.amount)), r.issued_at, '' FROM campaigns_receipt r
        JOIN campaigns_ledgerentry e ON e.donation_id = r.donation_id GROUP BY r.id""",
    "series": """INSERT INTO campaigns_receiptseries (entity_id, year, last_number) SELECT entity_id, year, max(number)
        FROM campaigns_receipt GROUP BY entity_id, year""",
    "events": """INSERT INTO campaigns_processorevent (processor, event_id, kind, object_ref, order_key, headers, body, status,
        problem, rounds, received_at, processed_at) SELECT 'sandbox', 'evt_' || n, 'payment.paid', 'pay_' || n, '', '{}',
        convert_to(repeat('x', 300), 'UTF8'), CASE WHEN n %% 100000 = 0 THEN 'failed' ELSE 'done' END, '', 1, now(), now()
        FROM generate_series(1, %(gifts)s) n""",
}
WRITTEN = ("donor", "donation", "ledgerentry", "receipt", "processorevent")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gifts", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        var = options.keep or Path(folder)
        os.environ |= {"NEWSROOM_VAR": str(var), "NEWSROOM_DEMO": "0", "LOG_LEVEL": "ERROR"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
        from newsroom import postgres

        postgres.ensure_running(var, throwaway=options.keep is None)
        measure(options.gifts)


def measure(gifts: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from campaigns.models import Campaign, Donation

    if not Donation.objects.exists():
        fill(gifts)
    campaign = Campaign.objects.get(slug="benchmark")
    print(f"{'':44}{'s':>8}{'MB':>8}")
    for name, deed in deeds(campaign):
        report(name, deed)


def report(name: str, deed: Callable[[], Any]) -> None:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    said = deed()
    took, grown = time.perf_counter() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{name:44}{took:8.2f}{grown:8.0f}   {said or ''}", flush=True)


def fill(gifts: int) -> None:
    from django.db import connection

    from campaigns.models import Campaign

    begin = datetime(2023, 11, 1, tzinfo=UTC)
    campaign = Campaign.objects.create(
        title="Benchmark", slug="benchmark", call="Give.", goal=10**9, starts_at=begin, status="open", suggested_amounts=[1000]
    )
    facts = {
        "gifts": gifts,
        "campaign": campaign.pk,
        "entity": campaign.entity_id,
        "begin": begin,
        "step": timedelta(days=3 * 365) / gifts,
    }
    with connection.cursor() as cursor:
        for name, statement in ROWS.items():
            report(f"made: {name}", partial(run, cursor, statement, facts))
        for table in WRITTEN:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('campaigns_{table}', 'id'), max(id)) FROM campaigns_{table}")
        cursor.execute("VACUUM ANALYZE")


def deeds(campaign: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    from django.contrib.auth.models import User
    from django.test import Client
    from django.utils import timezone

    from campaigns import checking, comparing, explaining
    from campaigns.models import ProcessorTransaction

    yield "check_ledger", lambda: f"{len(checking.differences())} differences"
    if not ProcessorTransaction.objects.exists():
        yield "reconcile: first run, every line read", first_run
    yield "compare: three joins", lambda: f"{comparing.compare('sandbox', at=timezone.now())} found"
    yield "check_ledger, with their books", lambda: f"{len(checking.differences())} differences"
    middle = datetime(2025, 5, 1, tzinfo=UTC), 0
    yield "why, the latest lines", lambda: len(explaining.lines(campaign, explaining.Wanted())[0])
    yield "why, lines of the middle", lambda: len(explaining.lines(campaign, explaining.Wanted(), before=middle)[0])
    yield "why, the kinds", lambda: explaining.parts(campaign)[0].count
    client = Client()
    client.force_login(User.objects.filter(username="desk").first() or User.objects.create_superuser("desk"))
    for name, address in {
        "page: why": f"campaign/{campaign.pk}/why/",
        "page: events": "processorevent/",
        "page: events set aside": "processorevent/?status=failed",
        "page: events, one found": "processorevent/?q=evt_4711",
        "page: their books": "processortransaction/",
        "page: differences": "difference/",
        "page: disputes": "dispute/",
    }.items():
        for which in ("cold", "warm"):
            yield f"{name}, {which}", partial(status_of, client, address)


def run(cursor: Any, statement: str, facts: dict[str, Any]) -> str:
    cursor.execute(statement, facts)
    return f"{cursor.rowcount:,}"


def status_of(client: Any, address: str) -> int:
    status: int = client.get(f"/admin/campaigns/{address}", HTTP_HOST="localhost").status_code
    return status


def first_run() -> str:
    """Their books as a stream, as a processor gives them; the sum of both is the same, but for ten lines."""
    from django.conf import settings
    from django.utils import timezone

    from campaigns import reconciling

    settings.PROCESSORS = {"sandbox": ("benchmarks.books.Streamed", {})}
    return f"{reconciling.reconcile('sandbox', at=timezone.now())}"


class Streamed:
    """A processor whose books are our ledger, told anew, less ten lines."""

    by_hand = False

    def missing(self) -> tuple[str, ...]:
        return ()

    def transactions(self, *, since: datetime, until: datetime) -> Iterator[Any]:
        from campaigns.models import LedgerEntry
        from campaigns.processors.base import Transaction, TransactionKind

        found = LedgerEntry.objects.filter(at__gte=since, at__lt=until).order_by("at", "pk")
        columns = found.values_list("pk", "kind", "processor_ref", "amount", "currency", "at")
        for pk, kind, ref, amount, currency, at in columns.iterator(chunk_size=2000):
            if pk % 100_000:
                told = TransactionKind.PAYMENT if kind == "gift" else TransactionKind(kind)
                yield Transaction(ref=ref, kind=told, amount=amount, currency=currency, at=at, fee=50 if kind == "gift" else 0)


if __name__ == "__main__":
    main()
