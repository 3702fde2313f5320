"""What donors were written about their gifts: kept as text, for whoever has to show it."""

import re
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage

from campaigns.models import Donation, SentMail

OWN_LINK = "(the donor's own link)"


def keep(kind: str, donation: Donation | None, message: EmailMessage, *, at: datetime) -> None:
    """Of a mail about no gift nothing is kept. Signed links open the donor's page to whoever has them: they are left out."""
    if donation is None:
        return
    text = re.sub(re.escape(settings.SITE_URL) + r"/giving/[^\s<>)\]]+", OWN_LINK, f"{message.body}")
    SentMail.objects.create(donation=donation, kind=kind, at=at, subject=f"{message.subject}"[:300], text=text)
