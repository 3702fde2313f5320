from django.db import connection, models

# Only rows that this statement takes away go into the sum, so it is exact whatever is written or folded beside it.
FOLD = """
WITH loose AS (SELECT DISTINCT {key} FROM {table} WHERE NOT folded),
gone AS (DELETE FROM {table} AS t USING loose AS l WHERE {same} RETURNING t.*)
INSERT INTO {table} ({key}, {sums}, folded)
SELECT {key}, {added}, true FROM gone GROUP BY {key}
"""


class Tally(models.Model):
    """What the ledger's lines of a day make: the sum of its rows.

    Only a trigger writes here (migration 0181), and it only adds rows: two who write lines at once do not wait for each
    other, and every reader sees the sum that belongs to the lines it sees. Days are in UTC, whatever the newsroom's are.
    """

    KEY: tuple[str, ...]
    SUMS: tuple[str, ...]

    day = models.DateField()
    folded = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @classmethod
    def fold(cls) -> None:
        """Turn the rows since last time into one a day. Nobody waits for it and no sum changes."""
        same = " AND ".join(f"t.{name} = l.{name}" for name in cls.KEY)
        added = ", ".join(f"sum({name})" for name in cls.SUMS)
        words = {
            "table": cls._meta.db_table,
            "key": ", ".join(cls.KEY),
            "sums": ", ".join(cls.SUMS),
            "same": same,
            "added": added,
        }
        with connection.cursor() as cursor:
            cursor.execute(FOLD.format(**words))


class LedgerTally(Tally):
    """Of a campaign, in minor units. `kept` is by how many the gifts grew of which something is left."""

    KEY = ("campaign_id", "day", "currency", "kind", "processor", "rhythm")
    SUMS = ("lines", "amount", "kept")

    campaign_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=14)
    processor = models.CharField(max_length=40)
    rhythm = models.CharField(max_length=8)
    lines = models.BigIntegerField()
    amount = models.BigIntegerField()
    kept = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "ledger tallies"
        indexes = [
            models.Index("campaign_id", "day", name="ledger_tally_of_a_campaign"),
            models.Index("day", name="ledger_tally_by_day"),
            models.Index("campaign_id", "day", condition=models.Q(folded=False), name="ledger_tally_to_fold"),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+} {self.currency} in campaign {self.campaign_id}, {self.day}"


class ArticleTally(Tally):
    """Of an article that brought gifts: how many, what they were, and what all their lines make, in minor units."""

    KEY = ("article_id", "day", "currency")
    SUMS = ("lines", "gifts", "came", "net")

    article_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    lines = models.BigIntegerField()
    gifts = models.BigIntegerField()
    came = models.BigIntegerField()
    net = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "article tallies"
        indexes = [
            models.Index("day", include=["article_id", "currency", "lines", "gifts", "came", "net"], name="article_tally_by_day"),
            models.Index("article_id", "day", condition=models.Q(folded=False), name="article_tally_to_fold"),
        ]

    def __str__(self) -> str:
        return f"{self.gifts:+} by article {self.article_id}, {self.day}"
