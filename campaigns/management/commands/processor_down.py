from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns import recovery, rescue
from campaigns.models import Outage
from campaigns.moving.figures import many
from campaigns.words import day_in_words


class Command(BaseCommand):
    help = (
        "A processor is gone for us: stop charging there, offer donors the other ways, and mail the donors of its pledges a"
        " link to another one. Again: what is left of it. Read “Our processor closed our account” in docs/fundraising.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="As in settings.PROCESSORS, for example stripe.")
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--rehearse", action="store_true", help="Say what would happen. Nothing is stopped, nobody is mailed.")
        only.add_argument("--status", action="store_true", help="Say what came back so far, day by day.")

    def handle(self, *args: Any, name: str, rehearse: bool, status: bool, **options: Any) -> None:
        try:
            if status:
                self.tell_status(name)
            elif rehearse:
                self.tell_plan(recovery.plan(name))
            else:
                self.go_down(name)
        except rescue.NotKnown as error:
            raise CommandError(str(error)) from error

    def go_down(self, name: str) -> None:
        outage = rescue.go_down(name, by=None, at=timezone.now(), tell=self.progress)
        told = recovery.figures(outage)
        worth = recovery.in_words(told.monthly_stranded)
        self.stdout.write(
            f"{name} is not used any more: {many(told.stranded, 'pledge')} without a way, worth {worth} a month;"
            f" {told.mailed + told.waiting} links mailed or queued, {told.without_address} donors have no address."
        )

    def tell_plan(self, plan: recovery.Plan) -> None:
        self.stdout.write(f"Pledges that would need a new way: {plan.pledges}")
        self.stdout.write(f"Their worth a month: {recovery.in_words(plan.monthly)}")
        self.stdout.write(f"Without an address to write to: {plan.without_address}")
        for currency, labels in sorted(plan.ways.items()):
            self.stdout.write(f"Ways that stay for {currency}: {', '.join(labels) or 'none – add one before you go on'}")
        if plan.sample:
            self.stdout.write(f"\nThe mail:\n\n{plan.sample}\n")
        links = plan.pledges - plan.without_address
        self.stdout.write(f"Rehearsed: {links} links would be mailed. Nothing was stopped, nobody was mailed.")

    def tell_status(self, name: str) -> None:
        outage = Outage.objects.filter(processor=name).first()
        if outage is None:
            raise CommandError(f"“{name}” was never down.")
        for day in recovery.per_day(outage):
            worth, came = recovery.in_words(day.monthly), recovery.in_words(day.received)
            self.stdout.write(f"{day_in_words(day.day)}: {many(day.recovered, 'pledge')}, {worth} a month; {came} received")
        told = recovery.figures(outage)
        self.stdout.write(
            f"Of {told.stranded} pledges {told.recovered} have a new way ({recovery.in_words(told.monthly_recovered)} of"
            f" {recovery.in_words(told.monthly_stranded)} a month), {told.still_open} are still open, {told.restored} went back,"
            f" {told.ended} were stopped; {told.mailed} links mailed, {told.waiting} waiting, {told.opened} opened."
        )

    def progress(self, done: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(many(done, "pledge"))
