from django.db import migrations, models
from django.db.models import Q

import campaigns.models.campaigns

BYTES = "ALTER TABLE campaigns_processorevent ALTER COLUMN body TYPE bytea USING convert_to(body, 'UTF8')"
WORDS = "ALTER TABLE campaigns_processorevent ALTER COLUMN body TYPE text USING convert_from(body, 'UTF8')"


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_offline_instructions_row")]

    operations = [
        migrations.AddField(
            "campaign",
            "schedule_error",
            models.CharField(
                blank=True, editable=False, help_text="Why it could not open or close by itself.", max_length=300, default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "pledge",
            "problem",
            models.CharField(
                blank=True, help_text="Why nothing could be claimed for it, for the newsroom.", max_length=300, default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "instalment",
            "asked_at",
            models.DateTimeField(
                blank=True, help_text="When its processor was asked; written before the call.", null=True
            ),
        ),
        migrations.AddField(
            "donation",
            "look_at",
            models.DateTimeField(
                blank=True, help_text="When its processor is asked next, while it is unfinished.", null=True
            ),
        ),
        migrations.AddField(
            "donation",
            "look_problem",
            models.CharField(
                blank=True, help_text="What went wrong at the last look, for the newsroom.", max_length=300, default=""
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "donation",
            models.Index(models.F("look_at"), condition=Q(status__in=["begun", "awaited"]), name="gifts_to_look_up"),
        ),
        migrations.AddField(
            "refund",
            "currency",
            models.CharField(
                help_text="What the gift came in.",
                max_length=3,
                default="",
                validators=[campaigns.models.campaigns.check_currency],
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "processorevent",
            "rounds",
            models.PositiveSmallIntegerField(default=0, help_text="How often it was tried."),
        ),
        migrations.RunSQL(
            BYTES,
            WORDS,
            state_operations=[
                migrations.AlterField(
                    "processorevent",
                    "body",
                    models.BinaryField(help_text="Byte by byte: its signature can be checked again."),
                )
            ],
        ),
    ]
