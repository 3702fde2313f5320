"""manage.py import_gifts FILE… [--from SYSTEM] [--campaign SLUG] [--map field=Column …] [--currency EUR] [--dry-run]"""

from campaigns.models import MoveIn
from campaigns.moving.command import ImportCommand


class Command(ImportCommand):
    help = "Imports past gifts from CSV exports of GiveWP, Donorbox, Stripe or PayPal. Nobody is charged or mailed."
    kind = MoveIn.Kind.GIFTS
    thing = "gift"
