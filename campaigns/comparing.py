"""The ledger and the processors' books side by side, by the database. A payment of theirs is a gift of ours; all other kinds
have the same name."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

LAG = timedelta(hours=1)  # what is younger is on its way to one of the two
COMPARED = "('payment', 'refund', 'refund_failed', 'dispute', 'dispute_won')"
SAME = """e.processor = t.processor AND e.processor_ref = t.ref
    AND e.kind = CASE t.kind WHEN 'payment' THEN 'gift' ELSE t.kind END"""
MIRRORED = """t.processor = e.processor AND t.ref = e.processor_ref
    AND t.kind = CASE e.kind WHEN 'gift' THEN 'payment' ELSE e.kind END"""
# What another system's export brought is booked under that system's name, or under another name of the same payment. It is
# known by any name that the export gave it; what went back of it, by its own name, or because as much is gone in our books.
NAMED = """n.source = t.processor
    AND n.name IN (CASE WHEN t.kind = 'payment' THEN t.ref ELSE t.payment END, nullif(t.also, ''))"""
IMPORTED = f"""EXISTS (SELECT 1 FROM campaigns_giftname n
    JOIN campaigns_ledgerentry g ON g.donation_id = n.donation_id AND g.kind = 'gift'
    WHERE {NAMED} AND CASE WHEN t.kind = 'payment' THEN g.currency <> t.currency OR g.amount = t.amount ELSE
        EXISTS (SELECT 1 FROM campaigns_ledgerentry m WHERE m.donation_id = g.donation_id AND m.kind = t.kind
            AND (m.processor_ref, m.amount) = (t.ref, t.amount))
        OR (SELECT sum(m.amount) FROM campaigns_ledgerentry m WHERE m.donation_id = g.donation_id AND m.kind <> 'gift') =
            (SELECT sum(o.amount) FROM campaigns_processortransaction o WHERE o.processor = t.processor
                AND o.payment = t.payment AND o.payment <> '' AND o.kind IN {COMPARED} AND o.kind <> 'payment') END)"""  # noqa: S608
COLUMNS = "INSERT INTO campaigns_difference (processor, side, transaction_id, entry_id, status, problem, note, found_at) SELECT"
REOPENED = "SET status = 'open', settled_at = NULL, settled_by_id = NULL, found_at = excluded.found_at"

FOUND = [
    f"""{COLUMNS} t.processor, 'theirs', t.id, NULL, 'open', '', '', %(at)s
    FROM campaigns_processortransaction t LEFT JOIN campaigns_ledgerentry e ON {SAME}
    WHERE t.processor = %(name)s AND t.kind IN {COMPARED} AND t.at <= %(until)s AND e.id IS NULL AND NOT {IMPORTED}
    ON CONFLICT (side, transaction_id) WHERE transaction_id IS NOT NULL
    DO UPDATE {REOPENED} WHERE campaigns_difference.status = 'gone'""",
    f"""{COLUMNS} t.processor, 'both', t.id, e.id, 'open', '', '', %(at)s
    FROM campaigns_processortransaction t JOIN campaigns_ledgerentry e ON {SAME}
    WHERE t.processor = %(name)s AND t.kind IN {COMPARED} AND (t.amount, t.currency) <> (e.amount, e.currency)
    ON CONFLICT (side, transaction_id) WHERE transaction_id IS NOT NULL
    DO UPDATE {REOPENED} WHERE campaigns_difference.status = 'gone'""",
    # Where we should have seen it: its day was read late enough, and the day before too, for their moments are not ours.
    f"""{COLUMNS} e.processor, 'ours', NULL, e.id, 'open', '', '', %(at)s
    FROM campaigns_ledgerentry e
    JOIN campaigns_booksday d ON d.processor = e.processor AND d.day = (e.at AT TIME ZONE 'UTC')::date
        AND d.read_at >= e.at + %(lag)s
    JOIN campaigns_booksday b ON b.processor = e.processor AND b.day = d.day - 1
    LEFT JOIN campaigns_processortransaction t ON {MIRRORED}
    WHERE e.processor = %(name)s AND e.recorded_at <= %(at)s AND t.id IS NULL
    AND NOT (e.kind = 'gift' AND EXISTS (SELECT 1 FROM campaigns_giftname n
        WHERE n.donation_id = e.donation_id AND n.source = e.processor AND (
            EXISTS (SELECT 1 FROM campaigns_processortransaction t
                WHERE (t.processor, t.kind, t.ref) = (n.source, 'payment', n.name))
            OR EXISTS (SELECT 1 FROM campaigns_processortransaction t
                WHERE (t.processor, t.kind, t.also) = (n.source, 'payment', n.name) AND t.also <> ''))))
    ON CONFLICT (side, entry_id) WHERE side = 'ours'
    DO UPDATE {REOPENED} WHERE campaigns_difference.status = 'gone'""",  # noqa: S608
]
GONE = """UPDATE campaigns_difference d SET status = 'gone', settled_at = %(at)s
    WHERE d.processor = %(name)s AND d.status = 'open' AND"""
PASSED = [
    f"""d.side = 'theirs' AND EXISTS (SELECT 1 FROM campaigns_processortransaction t
    JOIN campaigns_ledgerentry e ON {SAME} WHERE t.id = d.transaction_id)""",  # noqa: S608  no value is in it
    f"""d.side = 'theirs' AND EXISTS (SELECT 1 FROM campaigns_processortransaction t
    WHERE t.id = d.transaction_id AND {IMPORTED})""",  # noqa: S608
    """d.side = 'both' AND EXISTS (SELECT 1 FROM campaigns_processortransaction t, campaigns_ledgerentry e
    WHERE t.id = d.transaction_id AND e.id = d.entry_id AND (t.amount, t.currency) = (e.amount, e.currency))""",
    f"""d.side = 'ours' AND EXISTS (SELECT 1 FROM campaigns_ledgerentry e
    JOIN campaigns_processortransaction t ON {MIRRORED} WHERE e.id = d.entry_id)""",  # noqa: S608
]


def compare(name: str, *, at: datetime) -> int:
    """Find what differs by now, and close what does not any more. Returns how many were found that were not open before.

    Three joins in the database, whatever the number of lines. One run at a time: two would only repeat each other.
    """
    facts: dict[str, Any] = {"name": name, "at": at, "until": at - LAG, "lag": LAG}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"campaigns.comparing:{name}"])
        for question in PASSED:
            cursor.execute(f"{GONE} {question}", facts)
        found = 0
        for question in FOUND:
            cursor.execute(question, facts)
            found += cursor.rowcount
    return found
