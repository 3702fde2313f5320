"""What a donor told beside the gift, for the page of the gift at the desk."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from campaigns import tax
from campaigns.models import Donation
from newsroom import money

WORDS = {"street": "Street", "postcode": "Postcode", "city": "Town", "region": "Region", "country": "Country"}
WORDS |= {"tax_number": "Tax number"}


class ToldByDonor:
    """Display fields of a gift: `dedication`, `covered_sum`, `told`."""

    @admin.display(description="Dedication", empty_value="–")
    def dedication(self, donation: Donation) -> str | None:
        return f"{donation.get_tribute_display()} {donation.tribute_name}" if donation.tribute else None

    @admin.display(description="Of it for the fee", empty_value="–")
    def covered_sum(self, donation: Donation) -> str | None:
        return money.display(donation.covered, donation.currency) if donation.covered else None

    @admin.display(description="Address and tax", empty_value="–")
    def told(self, donation: Donation) -> SafeString | None:
        address, for_tax = donation.particulars.get("address", {}), donation.particulars.get("tax", {})
        lines = [(words, address[name]) for name, words in WORDS.items() if address.get(name)]
        if rules := tax.rules_for(for_tax.get("country", "")):
            lines.append(("Tax receipt", rules.name))
        if for_tax.get("declaration"):
            lines.append(("Declared", for_tax["declaration"]))
        return format_html_join("", "<div>{}: {}</div>", lines) or None
