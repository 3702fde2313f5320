"""What happens to somebody's account stands in the audit log, and that person is told by mail. In the caller's transaction."""

from datetime import datetime

from django.contrib.auth.models import User

from newsroom import audit

# name of the mail → what the log says
DEEDS = {
    "app_added": "set up an authenticator app",
    "app_removed": "removed the authenticator app",
    "passkey_added": "added a passkey",
    "passkey_removed": "removed a passkey",
    "codes_made": "made recovery codes",
    "password_changed": "changed the password",
    "factors_reset": "reset the second factor",
    "address_changed": "changed the address",
}


def note(person: User, event: str, *, by: User | None, at: datetime, to: str = "") -> None:
    """`by` None: nobody was signed in (a link in a mail). `to`: where the mail goes, if not to the person's own address."""
    from newsroom.people import tasks  # tasks imports mailing, which imports the rest

    audit.record(by, DEEDS[event], person, at=at)
    tasks.later(event, person, to=to)
