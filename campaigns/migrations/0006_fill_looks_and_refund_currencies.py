from django.db import migrations

# A cheque's reference is its processor's too: nobody is asked about it.
LOOKS = """
UPDATE campaigns_donation SET look_at = created_at + interval '10 minutes'
WHERE status IN ('begun', 'awaited') AND processor_ref NOT IN ('', reference)
"""
CURRENCIES = """
UPDATE campaigns_refund r SET currency = coalesce(
    (SELECT e.currency FROM campaigns_ledgerentry e WHERE e.donation_id = r.donation_id AND e.kind = 'gift'), d.currency)
FROM campaigns_donation d WHERE d.id = r.donation_id
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_what_went_wrong_and_when_to_look")]

    operations = [migrations.RunSQL(LOOKS, migrations.RunSQL.noop), migrations.RunSQL(CURRENCIES, migrations.RunSQL.noop)]
