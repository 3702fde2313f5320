"""What came along from other systems: by what name it is known there, and the files that brought it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models.campaigns import Campaign
from campaigns.models.gifts import Donation


class MoveIn(models.Model):
    """A file of another system's export, and how far its import has come. Its bytes are its parts' until it is done."""

    class Kind(models.TextChoices):
        GIFTS = "gifts", "Past gifts"
        PLEDGES = "pledges", "Regular gifts"

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded: say what its columns are"
        TRYING = "trying", "Being tried"
        TRIED = "tried", "Tried: nothing is written yet"
        RUNNING = "running", "Being imported"
        DONE = "done", "Imported"
        FAILED = "failed", "Stopped"

    name = models.CharField("file", max_length=200)
    kind = models.CharField(max_length=8, choices=Kind)
    system = models.CharField("from", max_length=10)
    columns = models.JSONField(default=dict, help_text="What is read from which column: field → number.")
    days = models.CharField(max_length=20, blank=True, help_text="How the file writes its days.")
    currency = models.CharField(max_length=3, blank=True, help_text="Where the file does not say it.")
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.UPLOADED)
    size = models.BigIntegerField(default=0, help_text="Bytes.")
    rows_done = models.BigIntegerField(default=0, help_text="Written with the rows they made: where to go on.")
    tried = models.JSONField(default=dict, help_text="What the trial found.")
    told = models.JSONField(default=dict, help_text="What the import did.")
    problem = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "import from another system"
        verbose_name_plural = "imports from other systems"

    def __str__(self) -> str:
        return self.name

    @property
    def is_working(self) -> bool:
        return self.status in {self.Status.TRYING, self.Status.RUNNING}


class MoveInPart(models.Model):
    """A piece of the file. In the database, which every worker reads and no web server shows."""

    move_in = models.ForeignKey(MoveIn, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["move_in", "number"], name="a_part_of_a_file_stands_once")]

    def __str__(self) -> str:
        return f"{self.move_in_id}/{self.number}"


class ImportedGift(models.Model):
    """That a gift was received elsewhere: no receipt of ours belongs to it."""

    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="imported")
    system = models.CharField(max_length=10)
    receipt = models.CharField(max_length=60, blank=True, help_text="The number of the receipt it got there.")
    customer = models.CharField(max_length=80, blank=True, help_text="Stripe's name of the donor, where the file has it.")
    mandate = models.CharField(max_length=200, blank=True, help_text="The saved way it was paid by, in our processor's form.")
    subscription = models.CharField(max_length=80, blank=True, help_text="The regular gift it belongs to, as named there.")
    imported_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("customer", models.F("donation").desc(), condition=~Q(mandate=""), name="ways_a_customer_paid_by")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.donation_id}"


class GiftName(models.Model):
    """What a gift is called elsewhere: by any of its names a line of a file is known, whichever system wrote it."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="names")
    source = models.CharField(max_length=10)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="a_name_elsewhere_is_one_gift")]

    def __str__(self) -> str:
        return f"{self.source} {self.name}"
