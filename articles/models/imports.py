from django.db import models


class ImportedObject(models.Model):
    """What an import has brought already, so that the same export again, whole or grown, brings it only once.

    A row outlives what it stands for: an article that an editor deleted is not brought back.
    """

    source = models.CharField(max_length=200, help_text="The site it came from: “example.org/news”.")
    kind = models.CharField(max_length=20, help_text="Article, author, section or tag.")
    key = models.CharField(max_length=250, help_text="What that site calls it: a number, a sign-in name, a slug.")
    object_id = models.BigIntegerField(help_text="Its primary key here.")
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind", "key"], name="object_is_imported_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.source}"
