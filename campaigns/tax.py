"""What the tax office of a country wants to see on a receipt for a gift, and so what the give form asks for.

A campaign chooses one country (`Campaign.tax_country`). Nothing is asked of a donor who wants no such receipt. What was
told stands in `Donation.particulars`: "address" (street, postcode, city, country, tax_number) and "tax" (the country, and
the sentence that the donor agreed to, word for word). To add a country is to add its `Rules` here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

Check = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rules:
    """`needs` names fields of the give form that a receipt must have. `wish` is what the donor ticks, empty where nothing is
    asked; `declaration` the sentence they agree to by it, with {organisation}. A check gives the one spelling of what was
    typed; ValueError says in words what is wrong."""

    name: str
    summary: str = ""
    wish: str = ""
    declaration: str = ""
    needs: tuple[str, ...] = ()
    number: str = ""  # what the country calls its tax number; empty: not asked for
    check_number: Check | None = None
    check_postcode: Check | None = None
    on_receipt: str = ""  # a sentence that stands on every receipt


def rules_for(country: str) -> Rules | None:
    """None for a country that is not known, and for none."""
    return RULES.get(country)


def on_receipt(tax: dict[str, str]) -> list[str]:
    """The sentences for the receipt of a gift whose `particulars["tax"]` this is."""
    rules = rules_for(tax.get("country", ""))
    return [sentence for sentence in (tax.get("declaration", ""), rules.on_receipt if rules else "") if sentence]


def choices() -> list[tuple[str, str]]:
    """For the desk."""
    return [("", "Nothing: no country’s tax fields"), *((country, rules.name) for country, rules in RULES.items())]


# -- what is checked ---------------------------------------------------------------------------------------------------


def plain(typed: str) -> str:
    """Without what people put between letters and figures, in capitals."""
    return re.sub(r"[\s.\-/]", "", typed).upper()


def british_postcode(typed: str) -> str:
    """BS 7666: outward code, blank, inward code. "sw1a1aa" → "SW1A 1AA"."""
    code = plain(typed)
    if not re.fullmatch(r"(GIR0AA|[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2})", code):
        raise ValueError(_("This does not look like a British postcode, such as SW1A 1AA."))
    return f"{code[:-3]} {code[-3:]}"


def five_figures_in(country: str) -> Check:
    def check(typed: str) -> str:
        code = plain(typed)
        if not re.fullmatch(r"[0-9]{5}", code):
            raise ValueError(_("A postcode in {country} has five figures.").format(country=_(country)))
        return code

    return check


def portuguese_postcode(typed: str) -> str:
    code = plain(typed)
    if not re.fullmatch(r"[0-9]{7}", code):
        raise ValueError(_("A postcode in Portugal has seven figures, such as 1000-001."))
    return f"{code[:4]}-{code[4:]}"


def spanish_number(typed: str) -> str:
    """DNI (eight figures and a letter) or NIE (X, Y or Z, seven figures and a letter): the letter follows from the figures
    modulo 23 (Orden INT/2058/2008; X, Y and Z stand for 0, 1 and 2)."""
    number = plain(typed)
    if not re.fullmatch(r"([0-9]{8}|[XYZ][0-9]{7})[A-Z]", number):
        raise ValueError(_("A DNI has eight figures and a letter, a NIE begins with X, Y or Z."))
    figures = int(str("XYZ".find(number[0])) + number[1:8]) if number[0] in "XYZ" else int(number[:8])
    if "TRWAGMYFPDXBNJZSQVHLCKE"[figures % 23] != number[8]:
        raise ValueError(_("The last letter does not belong to these figures: please look again."))
    return number


def portuguese_number(typed: str) -> str:
    """NIF: nine figures, the last of which follows from the others modulo 11 (Decreto-Lei n.º 14/2013)."""
    number = plain(typed).removeprefix("PT")
    if not re.fullmatch(r"[0-9]{9}", number):
        raise ValueError(_("A NIF has nine figures."))
    rest = sum(int(figure) * weight for figure, weight in zip(number, range(9, 1, -1), strict=False)) % 11
    if int(number[8]) != (0 if rest < 2 else 11 - rest):
        raise ValueError(_("The last figure does not belong to the others: please look again."))
    return number


ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", [1, 0, 5, 7, 9, 13, 15, 17, 19, 21] * 2, strict=False)) | dict(
    zip("KLMNOPQRSTUVWXYZ", [2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23], strict=True)
)


def italian_number(typed: str) -> str:
    """Codice fiscale of a person: sixteen signs, the last of which follows from the others modulo 26 (D.M. 23 dicembre 1976,
    n. 13813). Letters may stand for figures where two people would have the same one."""
    number = plain(typed)
    if not re.fullmatch(r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]", number):
        raise ValueError(_("A codice fiscale has sixteen letters and figures, such as RSSMRA85T10A562S."))
    total = sum(ODD[sign] for sign in number[:15:2])
    total += sum(int(sign) if sign.isdigit() else ord(sign) - ord("A") for sign in number[1:15:2])
    if chr(ord("A") + total % 26) != number[15]:
        raise ValueError(_("The last letter does not belong to the others: please look again."))
    return number


# -- the countries -----------------------------------------------------------------------------------------------------

HOME = ("name", "street", "postcode", "city")
GIFT_AID = (
    "I want to Gift Aid this donation, and any donations I make in the future or have made in the past 4 years, to"
    " {organisation}. I am a UK taxpayer and understand that if I pay less Income Tax and/or Capital Gains Tax than the"
    " amount of Gift Aid claimed on all my donations in that tax year it is my responsibility to pay any difference."
)
RULES = {
    # HMRC, “Gift Aid declarations: claim tax back on donations”: the model for past, present and future gifts; the donor's
    # full name and home address (Income Tax Act 2007, s. 428; SI 2016/1195).
    "GB": Rules(
        name="United Kingdom: Gift Aid",
        summary=gettext_noop("Add Gift Aid"),
        wish=gettext_noop("Yes, claim Gift Aid on my gift"),
        declaration=GIFT_AID,
        needs=("full_name", *HOME),
        check_postcode=british_postcode,
    ),
    # § 10b EStG, § 50 EStDV and the official pattern for a “Bestätigung über Geldzuwendungen”: the giver's name and address.
    "DE": Rules(
        name="Germany: Zuwendungsbestätigung",
        summary=gettext_noop("A receipt for the German tax office"),
        wish=gettext_noop("I want a Zuwendungsbestätigung"),
        needs=HOME,
        check_postcode=five_figures_in(gettext_noop("Germany")),
    ),
    # Ley 49/2002, art. 24, and Modelo 182: name and NIF of the giver, and the province, which the postcode tells.
    "ES": Rules(
        name="Spain: certificado de donación",
        summary=gettext_noop("A receipt for the Spanish tax office"),
        wish=gettext_noop("I want a certificado de donación"),
        needs=(*HOME, "tax_number"),
        number=gettext_noop("DNI or NIE"),
        check_number=spanish_number,
        check_postcode=five_figures_in(gettext_noop("Spain")),
    ),
    # Code général des impôts, art. 200, and form Cerfa n° 11580: the giver's name and address.
    "FR": Rules(
        name="France: reçu fiscal",
        summary=gettext_noop("A receipt for the French tax office"),
        wish=gettext_noop("I want a reçu fiscal"),
        needs=HOME,
        check_postcode=five_figures_in(gettext_noop("France")),
    ),
    # D.Lgs. 117/2017, art. 83, and D.M. 3 febbraio 2021: what is told to the tax office names the giver's codice fiscale.
    "IT": Rules(
        name="Italy: erogazione liberale",
        summary=gettext_noop("A receipt for the Italian tax office"),
        wish=gettext_noop("I want a ricevuta per erogazione liberale"),
        needs=(*HOME, "tax_number"),
        number=gettext_noop("Codice fiscale"),
        check_number=italian_number,
        check_postcode=five_figures_in(gettext_noop("Italy")),
    ),
    # Estatuto dos Benefícios Fiscais, art. 66.º: the document names the giver and their NIF.
    "PT": Rules(
        name="Portugal: recibo de donativo",
        summary=gettext_noop("A receipt for the Portuguese tax office"),
        wish=gettext_noop("I want a recibo de donativo"),
        needs=(*HOME, "tax_number"),
        number=gettext_noop("NIF"),
        check_number=portuguese_number,
        check_postcode=portuguese_postcode,
    ),
    # Internal Revenue Code, § 170(f)(8), and IRS Publication 1771: of $250 and more the receipt must say it.
    "US": Rules(
        name="United States: acknowledgment of a contribution",
        on_receipt="No goods or services were provided in exchange for this contribution.",
    ),
}
