"""Proof that the books agree: every gift has its entries, every total is their sum, every receipt number stands once.

Each check is one question to the database whose answer must be empty, asked apart from the code that writes the rows. Of
each kind so many are named as anybody reads; the database does the joining, whatever the number of rows.
"""

from collections.abc import Iterator

from django.db import connection

from campaigns.models import Campaign
from campaigns.progress import progress_of

NAMED = 100  # of each kind

# A sentence with its question. Every row of the answer is a difference.
QUESTIONS = {
    "gift {} is received but has no entry": """
        SELECT d.id FROM campaigns_donation d WHERE d.status = 'received'
        AND NOT EXISTS (SELECT 1 FROM campaigns_ledgerentry e WHERE e.donation_id = d.id AND e.kind = 'gift')""",
    "gift {} has entries but is not received": """
        SELECT d.id FROM campaigns_donation d WHERE d.status <> 'received'
        AND EXISTS (SELECT 1 FROM campaigns_ledgerentry e WHERE e.donation_id = d.id)""",
    "gift {} arrived {} times": """
        SELECT donation_id, count(*) FROM campaigns_ledgerentry WHERE kind = 'gift' GROUP BY donation_id HAVING count(*) > 1""",
    "entry {} names another campaign than its gift": """
        SELECT e.id FROM campaigns_ledgerentry e JOIN campaigns_donation d ON d.id = e.donation_id
        WHERE e.campaign_id <> d.campaign_id""",
    "entry {} names another processor than its gift": """
        SELECT e.id FROM campaigns_ledgerentry e JOIN campaigns_donation d ON d.id = e.donation_id
        WHERE e.processor <> d.processor""",
    "gift {} came in another currency than its campaign's": """
        SELECT DISTINCT e.donation_id FROM campaigns_ledgerentry e JOIN campaigns_campaign c ON c.id = e.campaign_id
        WHERE e.currency <> c.currency""",
    "gift {} was refunded beyond what came": """
        SELECT donation_id FROM campaigns_ledgerentry WHERE kind IN ('gift', 'refund', 'refund_failed')
        GROUP BY donation_id HAVING sum(amount) < 0""",
    "gift {} is received but has no receipt": """
        SELECT d.id FROM campaigns_donation d LEFT JOIN campaigns_receipt r ON r.donation_id = d.id
        WHERE d.status = 'received' AND r.id IS NULL
        AND NOT EXISTS (SELECT 1 FROM campaigns_importedgift m WHERE m.donation_id = d.id)""",
    "gift {} was received before we moved in, and has a receipt of ours beside its own": """
        SELECT m.donation_id FROM campaigns_importedgift m JOIN campaigns_receipt r ON r.donation_id = m.donation_id""",
    "gift {} is booked under another system's name, and was not imported": """
        SELECT d.id FROM campaigns_donation d WHERE d.processor LIKE 'import:%'
        AND NOT EXISTS (SELECT 1 FROM campaigns_importedgift m WHERE m.donation_id = d.id)""",
    "receipt {} belongs to a gift that is not received": """
        SELECT r.year || '-' || r.number FROM campaigns_receipt r JOIN campaigns_donation d ON d.id = r.donation_id
        WHERE d.status <> 'received'""",
    "the receipts of {} have a gap: {} numbers up to {}, the series says {}": """
        SELECT CASE WHEN e.name = '' THEN r.year::text ELSE e.name || ', ' || r.year END,
            count(*), max(r.number), s.last_number
        FROM campaigns_receipt r JOIN campaigns_legalentity e ON e.id = r.entity_id
        LEFT JOIN campaigns_receiptseries s ON s.year = r.year AND s.entity_id = r.entity_id
        GROUP BY e.id, r.year, s.last_number
        HAVING count(*) <> max(r.number) OR max(r.number) IS DISTINCT FROM s.last_number""",
    "the versions of receipt {} have a gap: {} up to {}": """
        SELECT receipt_id, count(*), max(version) FROM campaigns_receiptversion
        GROUP BY receipt_id HAVING count(*) <> max(version)""",
    # The money of an undecided dispute is gone from the ledger, and the paper holds.
    "receipt {} says that {} is left of its gift, the ledger {}": """
        SELECT r.prefix || r.year || '-' || to_char(r.number, 'FM000000'), v.contents->>'left', l.sum FROM campaigns_receipt r
        JOIN LATERAL (SELECT contents FROM campaigns_receiptversion
            WHERE receipt_id = r.id ORDER BY version DESC LIMIT 1) v ON true
        JOIN LATERAL (SELECT sum(e.amount) AS sum FROM campaigns_ledgerentry e WHERE e.donation_id = r.donation_id
            AND NOT (e.kind = 'dispute' AND EXISTS (SELECT 1 FROM campaigns_dispute u WHERE u.processor = e.processor
                AND u.processor_ref = e.processor_ref AND u.status IN ('open', 'answered')))) l ON true
        WHERE (v.contents->>'left')::bigint IS DISTINCT FROM l.sum""",
    "gift {} has refunds of {} done, and refund entries of {}": """
        SELECT donation_id, done, entered FROM (
            SELECT f.donation_id, sum(f.amount) AS done, coalesce((SELECT -sum(e.amount) FROM campaigns_ledgerentry e
                WHERE e.donation_id = f.donation_id AND e.kind = 'refund' AND e.currency = f.currency), 0) AS entered
            FROM campaigns_refund f WHERE f.status = 'done' GROUP BY f.donation_id, f.currency
        ) sums WHERE done > entered""",
    "refund {} of gift {} has no answer for more than a day": """
        SELECT id, donation_id FROM campaigns_refund WHERE status = 'asked' AND asked_at < now() - interval '1 day'""",
    "gift {} is over but its instalment is still claimed": """
        SELECT d.id FROM campaigns_instalment i JOIN campaigns_donation d ON d.id = i.donation_id
        WHERE i.status = 'claimed' AND d.status <> 'begun'""",
    "instalment {} is paid but its gift is not received": """
        SELECT i.id FROM campaigns_instalment i LEFT JOIN campaigns_donation d ON d.id = i.donation_id
        WHERE i.status = 'paid' AND d.status IS DISTINCT FROM 'received'""",
    "instalment {} is “{}” but its gift is received": """
        SELECT i.id, i.status FROM campaigns_instalment i JOIN campaigns_donation d ON d.id = i.donation_id
        WHERE i.status NOT IN ('paid', 'claimed') AND d.status = 'received'""",
    "instalment {} is another pledge's than its gift": """
        SELECT i.id FROM campaigns_instalment i JOIN campaigns_donation d ON d.id = i.donation_id
        WHERE d.pledge_id IS DISTINCT FROM i.pledge_id""",
    "gift {} is held for review without a reason": """
        SELECT id FROM campaigns_donation WHERE status = 'held' AND hold_reason = ''""",
    "the processor kept {} of gift {}, of which {} came": """
        SELECT d.fee, d.id, e.amount FROM campaigns_donation d JOIN campaigns_ledgerentry e ON e.donation_id = d.id
        WHERE e.kind = 'gift' AND (d.fee > e.amount OR d.fee < 0)""",
    "entry {} is a dispute that nobody looks after": """
        SELECT e.id FROM campaigns_ledgerentry e
        LEFT JOIN campaigns_dispute u ON u.processor = e.processor AND u.processor_ref = e.processor_ref
            AND (u.donation_id, -u.amount, u.currency) = (e.donation_id, e.amount, e.currency)
        WHERE e.kind = 'dispute' AND u.id IS NULL""",
    "dispute {} has no entry": """
        SELECT u.id FROM campaigns_dispute u LEFT JOIN campaigns_ledgerentry e ON e.kind = 'dispute'
            AND e.processor = u.processor AND e.processor_ref = u.processor_ref
        WHERE e.id IS NULL AND NOT u.is_inquiry""",
    "inquiry {} has an entry": """
        SELECT u.id FROM campaigns_dispute u JOIN campaigns_ledgerentry e ON e.kind = 'dispute'
            AND e.processor = u.processor AND e.processor_ref = u.processor_ref
        WHERE u.is_inquiry""",
    "dispute {} is won, but no money came back": """
        SELECT u.id FROM campaigns_dispute u WHERE u.status = 'won' AND NOT EXISTS (
            SELECT 1 FROM campaigns_ledgerentry e WHERE e.donation_id = u.donation_id AND e.kind = 'dispute_won')""",
    "gift {} came back from a dispute that is not won": """
        SELECT e.donation_id FROM campaigns_ledgerentry e WHERE e.kind = 'dispute_won' AND NOT EXISTS (
            SELECT 1 FROM campaigns_dispute u WHERE u.donation_id = e.donation_id AND u.status = 'won')""",
    "the tally of campaign {} on {} says {} lines, {} {}, the ledger {} lines, {}": """
        SELECT campaign_id, day, t.lines, t.amount, currency, l.lines, l.amount FROM (
            SELECT campaign_id, day, currency, kind, processor, rhythm, sum(lines) AS lines, sum(amount) AS amount
            FROM campaigns_ledgertally GROUP BY 1, 2, 3, 4, 5, 6) t
        FULL JOIN (
            SELECT e.campaign_id, (e.at AT TIME ZONE 'UTC')::date AS day, e.currency, e.kind, e.processor,
                coalesce(p.rhythm, 'once') AS rhythm, count(*) AS lines, sum(e.amount) AS amount
            FROM campaigns_ledgerentry e JOIN campaigns_donation d ON d.id = e.donation_id
            LEFT JOIN campaigns_pledge p ON p.id = d.pledge_id GROUP BY 1, 2, 3, 4, 5, 6) l
        USING (campaign_id, day, currency, kind, processor, rhythm)
        WHERE (coalesce(t.lines, 0), coalesce(t.amount, 0)) <> (coalesce(l.lines, 0), coalesce(l.amount, 0))""",
    "the tally of campaign {} counts {} gifts in {} of which something is left, the ledger {}": """
        SELECT campaign_id, t.kept, currency, l.kept FROM (
            SELECT campaign_id, currency, sum(kept) AS kept FROM campaigns_ledgertally GROUP BY 1, 2) t
        FULL JOIN (
            SELECT campaign_id, currency, count(*) FILTER (WHERE net > 0) AS kept FROM (
                SELECT campaign_id, currency, sum(amount) AS net FROM campaigns_ledgerentry
                GROUP BY campaign_id, currency, donation_id) gifts GROUP BY 1, 2) l
        USING (campaign_id, currency) WHERE coalesce(t.kept, 0) <> coalesce(l.kept, 0)""",
    "the tally of article {} on {} says {} gifts, {} of {} {}, the ledger {} gifts, {} of {}": """
        SELECT article_id, day, t.gifts, t.net, t.came, currency, l.gifts, l.net, l.came FROM (
            SELECT article_id, day, currency, sum(lines) AS lines, sum(gifts) AS gifts, sum(came) AS came, sum(net) AS net
            FROM campaigns_articletally GROUP BY 1, 2, 3) t
        FULL JOIN (
            SELECT d.article_id, (e.at AT TIME ZONE 'UTC')::date AS day, e.currency, count(*) AS lines,
                count(*) FILTER (WHERE e.kind = 'gift') AS gifts,
                coalesce(sum(e.amount) FILTER (WHERE e.kind = 'gift'), 0) AS came, sum(e.amount) AS net
            FROM campaigns_ledgerentry e JOIN campaigns_donation d ON d.id = e.donation_id
            WHERE d.article_id IS NOT NULL GROUP BY 1, 2, 3) l
        USING (article_id, day, currency)
        WHERE (coalesce(t.lines, 0), coalesce(t.gifts, 0), coalesce(t.came, 0), coalesce(t.net, 0))
            <> (coalesce(l.lines, 0), coalesce(l.gifts, 0), coalesce(l.came, 0), coalesce(l.net, 0))""",
    "the books of {} and ours differ, still open: {}": """
        SELECT processor, count(*) FROM campaigns_difference WHERE status = 'open' GROUP BY processor""",
    # A payout moves out what its lines brought in, less their fees. It may hold lines of weeks before: only payouts before
    # which the books were read for five weeks, or since the first gift, can be proved.
    "payout {} of {} is of {}, and its lines make {}": """
        SELECT p.ref, p.processor, -p.amount, sum(l.amount - l.fee) - p.fee FROM campaigns_processortransaction p
        JOIN campaigns_processortransaction l ON l.processor = p.processor AND l.payout = p.ref AND l.payout <> ''
            AND l.kind <> 'payout'
        JOIN (SELECT processor, min(day) AS first FROM campaigns_booksday GROUP BY processor) b ON b.processor = p.processor
        WHERE p.kind = 'payout' AND (b.first <= (p.at - interval '35 days')::date OR b.first < (
            SELECT min(d.created_at)::date FROM campaigns_donation d WHERE d.processor = p.processor))
        GROUP BY p.id HAVING sum(l.amount - l.fee) - p.fee <> -p.amount""",
}


def differences() -> list[str]:
    """Everything that does not agree, in words. Empty is the proof."""
    return [*_answers(), *_totals()]


def _answers() -> Iterator[str]:
    with connection.cursor() as cursor:
        for sentence, question in QUESTIONS.items():
            cursor.execute(f"SELECT * FROM ({question}) found LIMIT {NAMED + 1}")  # noqa: S608  no value is in it
            found = [sentence.format(*row) for row in cursor.fetchall()]
            yield from found[:NAMED]
            if len(found) > NAMED:
                yield f"… and more like “{found[0]}”"


def _totals() -> Iterator[str]:
    """What readers are shown, against a plain sum and a plain count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.campaign_id, sum(e.amount) FROM campaigns_ledgerentry e JOIN campaigns_campaign c ON c.id = e.campaign_id"
            " WHERE e.currency = c.currency GROUP BY e.campaign_id"
        )
        sums = dict(cursor.fetchall())
        cursor.execute(
            "SELECT campaign_id, count(DISTINCT donor_id) FROM campaigns_donation d WHERE (SELECT sum(e.amount)"
            " FROM campaigns_ledgerentry e JOIN campaigns_campaign c ON c.id = e.campaign_id AND c.currency = e.currency"
            " WHERE e.donation_id = d.id) > 0 GROUP BY campaign_id"
        )
        donors = dict(cursor.fetchall())
    for campaign in Campaign.objects.order_by("pk"):
        shown, summed = progress_of(campaign), sums.get(campaign.pk, 0)
        if shown.total != summed:
            yield f"campaign {campaign.pk} shows {shown.total} and its entries sum to {summed}"
        counted = donors.get(campaign.pk, 0)
        if shown.is_of_donors and shown.donors != counted:
            yield f"campaign {campaign.pk} shows {shown.donors} donors and {counted} gave"
