from django.db import migrations

# What was disputed before disputes had rows of their own. Nobody is alarmed or written to about these any more.
FILL = """
INSERT INTO campaigns_dispute (donation_id, processor, processor_ref, amount, currency, reason, opened_at, answer_by, status,
    evidence_sent_at, settled_at, reminded_at, told_at)
SELECT e.donation_id, e.processor, e.processor_ref, -e.amount, e.currency, '', e.at, NULL,
    CASE WHEN w.at IS NULL THEN 'open' ELSE 'won' END, NULL, w.at, now(), now()
FROM campaigns_ledgerentry e LEFT JOIN LATERAL (
    SELECT min(at) AS at FROM campaigns_ledgerentry WHERE donation_id = e.donation_id AND kind = 'dispute_won') w ON true
WHERE e.kind = 'dispute' ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0071_groups_of_books")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
