from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.checking import differences
from campaigns.models import LedgerEntry, Receipt


class Command(BaseCommand):
    help = "Prove that the books agree: sums, totals shown, receipts. Exits with 1 when something differs."

    def handle(self, *args: Any, **options: Any) -> None:
        found = differences()
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            raise CommandError(f"The books differ in {len(found)} places." if len(found) > 1 else "The books differ in 1 place.")
        self.stdout.write(f"The books agree: {LedgerEntry.objects.count()} entries, {Receipt.objects.count()} receipts.")
