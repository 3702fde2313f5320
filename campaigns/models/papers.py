"""Who issues receipts, and what stood on each: versions that only grow."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class LegalEntity(models.Model):
    """Whom the law takes the gifts to: an association, a foundation, its branch in another country."""

    name = models.CharField(max_length=160, blank=True, help_text="As it is registered. Empty: the masthead's name.")
    address = models.TextField(blank=True, max_length=500, help_text="Printed at the head of receipts, line by line.")
    registration = models.CharField(
        "registration", max_length=160, blank=True, help_text="For example “Registered charity 123456” or a tax number."
    )
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166, for example PE.")
    prefix = models.CharField(
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]*$", "Use capital letters from A to Z alone.")],
        help_text="Stands before the year in its receipt numbers, for example DE: DE2026-000123. Each entity has another one.",
    )
    signature = models.TextField(
        blank=True, max_length=300, help_text="The last lines of a receipt: who answers for it, and in which office."
    )
    years_kept = models.PositiveSmallIntegerField(
        "years kept",
        default=10,
        help_text="For so many years after its own the law wants a receipt kept with the donor's name and address on it. "
        "Then they go, too, when the donor asked to be erased.",
    )

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "legal entities"
        constraints = [
            models.UniqueConstraint(Lower("prefix"), name="legal_entities_number_apart"),
            models.CheckConstraint(condition=Q(years_kept__lte=100), name="papers_are_not_kept_for_ever"),
        ]

    def __str__(self) -> str:
        return self.name or "The newsroom"


class EntityText(models.Model):
    """What an entity prints on receipts in one language, for donors of one country or of all."""

    entity = models.ForeignKey(LegalEntity, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    country = models.CharField(
        "donor's country", max_length=2, blank=True, help_text="ISO 3166. Empty: every country without a text of its own."
    )
    receipt = models.TextField("receipt text", blank=True, max_length=2000, help_text="Above the amount. Plain text.")
    tax = models.TextField("tax text", blank=True, max_length=4000, help_text="What the tax office wants to read. Plain text.")

    class Meta:
        ordering = ["language", "country"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "language", "country"], name="an_entity_says_it_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_language_display()} {self.country}".strip()


class Version(models.Model):
    """What stood on a paper, as values. Append-only by a trigger, which lets `contents["donor"]` be emptied and no more."""

    version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    contents = models.JSONField()
    by = models.ForeignKey("auth.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"Version {self.version}"


class ReceiptVersion(Version):
    receipt = models.ForeignKey("campaigns.Receipt", on_delete=models.PROTECT, related_name="versions")

    class Meta:
        ordering = ["-version"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["receipt", "version"], name="a_version_of_a_receipt_is_made_once"),
            models.CheckConstraint(condition=Q(version__gt=0), name="receipt_versions_start_at_one"),
        ]


class YearStatement(models.Model):
    """What a donor gave in a year, to one entity. The row stands before its mail leaves."""

    donor = models.ForeignKey("campaigns.Donor", on_delete=models.PROTECT, related_name="statements")
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="statements")
    year = models.PositiveSmallIntegerField()
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["donor", "year", "entity"], name="a_year_is_stated_once")]

    def __str__(self) -> str:
        return f"Statement of {self.year}"


class StatementVersion(Version):
    statement = models.ForeignKey(YearStatement, on_delete=models.PROTECT, related_name="versions")

    class Meta:
        ordering = ["-version"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["statement", "version"], name="a_version_of_a_statement_is_made_once"),
            models.CheckConstraint(condition=Q(version__gt=0), name="statement_versions_start_at_one"),
        ]


class StatementRun(models.Model):
    """Statements made in bulk: how far it is. Goes on behind `last_donor` after an interruption."""

    year = models.PositiveSmallIntegerField()
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("auth.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    donors = models.PositiveIntegerField(help_text="How many there were when it began.")
    last_donor = models.BigIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    without_address = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, help_text="What went wrong last.")

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["year", "entity"], condition=Q(finished_at=None), name="a_years_statements_are_made_by_one_run"
            )
        ]

    def __str__(self) -> str:
        return f"Statements of {self.year}"

    @property
    def done(self) -> int:
        return self.made + self.corrected + self.unchanged + self.failed
