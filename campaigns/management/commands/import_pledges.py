"""manage.py import_pledges FILE… --campaign SLUG [--from SYSTEM] [--map field=Column …] [--currency EUR] [--dry-run]"""

from campaigns.models import MoveIn
from campaigns.moving.command import ImportCommand


class Command(ImportCommand):
    help = "Imports regular gifts from CSV exports. They wait for `start_imported_pledges`, once the old system is off."
    kind = MoveIn.Kind.PLEDGES
    thing = "regular gift"
