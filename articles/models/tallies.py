from collections.abc import Iterable

from django.db import connection, models

# Where the entry at a position stands: in the last bucket with no more than that many entries before it.
PLACE = """
SELECT coalesce(sum(entries), 0)::bigint,
    max(bucket) FILTER (WHERE before <= %(position)s),
    coalesce(max(before) FILTER (WHERE before <= %(position)s), 0)::bigint
FROM (
    SELECT bucket, sum(change) AS entries, sum(sum(change)) OVER (ORDER BY bucket) - sum(change) AS before
    FROM articles_tally WHERE kind = %(kind)s AND key = %(key)s GROUP BY bucket
) AS buckets
"""

# Only rows that this statement takes away go into the sum, so it is exact whatever is written or folded beside it.
FOLD = """
WITH loose AS (SELECT DISTINCT kind, key, bucket FROM articles_tally WHERE NOT folded),
gone AS (
    DELETE FROM articles_tally AS t USING loose AS l WHERE t.kind = l.kind AND t.key = l.key AND t.bucket = l.bucket
    RETURNING t.kind, t.key, t.bucket, t.change
)
INSERT INTO articles_tally (kind, key, bucket, change, folded)
SELECT kind, key, bucket, sum(change), true FROM gone GROUP BY kind, key, bucket HAVING sum(change) <> 0
"""


class Kind(models.TextChoices):
    LATEST = "latest"
    SECTION = "section"
    TAG = "tag"
    AUTHOR = "author"


class TallyManager(models.Manager["Tally"]):
    def place(self, kind: Kind, key: int, position: int) -> tuple[int, object, int]:
        """(how many entries the list has; the bucket that `position`, from the oldest, stands in; entries before it).

        One query, whatever the list's length.
        """
        with connection.cursor() as cursor:
            cursor.execute(PLACE, {"kind": kind.value, "key": key, "position": position})
            row: tuple[int, object, int] = cursor.fetchone()
        return row

    def entries(self, lists: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """How many entries each of these lists (kind, key) has. One query."""
        asked = models.Q(*(models.Q(kind=kind, key=key) for kind, key in lists), _connector=models.Q.OR)
        rows = self.filter(asked or models.Q(pk=None)).values_list("kind", "key").annotate(models.Sum("change"))
        return {(kind, key): entries for kind, key, entries in rows}

    def fold(self) -> None:
        """Turn the changes since last time into one row a bucket. Nobody waits for it and no sum changes."""
        with connection.cursor() as cursor:
            cursor.execute(FOLD)


class Tally(models.Model):
    """How many public articles stand in a list, by time: the sum of `change` over its rows.

    Only triggers write here (migration 0010), and they only add rows: two who publish at once do not wait for each
    other, and every reader sees the sum that belongs to the articles it sees. A bucket is a month of the whole site
    or a year of any other list, in UTC, named by its first day.
    """

    kind = models.CharField(max_length=7, choices=Kind)
    key = models.BigIntegerField(help_text="Of the section, tag or author; 0 for the whole site.")
    bucket = models.DateField()
    change = models.IntegerField()
    folded = models.BooleanField(default=False)

    objects = TallyManager()

    class Meta:
        verbose_name_plural = "tallies"
        indexes = [
            models.Index("kind", "key", "bucket", include=["change"], name="tally_of_a_list"),
            models.Index("kind", "key", "bucket", condition=models.Q(folded=False), name="tally_to_fold"),
        ]

    def __str__(self) -> str:
        return f"{self.change:+} in {self.kind} {self.key}, {self.bucket}"
