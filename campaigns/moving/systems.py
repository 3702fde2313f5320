"""The columns of other systems' exports, and the words in them.

Where the names are from:

- GiveWP, donations (Give → Tools → Export): the plugin's own `class-give-export-donations.php`; columns beyond its list
  are named by their meta key (`_give_payment_transaction_id`). Regular gifts: the columns of the Recurring add-on's tables
  (givewp.com/documentation/add-ons/recurring-donations), each of which may be mapped by hand.
- Donorbox, donations: the header of its export, whole, in a public reader of it (“Donated At”, “Stripe Charge Id”,
  “Pay Pal Transaction Id”, “Pay Pal Capture Id”, “Processing Fee”, “Platform Fee”, their sum “Total Fee”, “Receipt Id”,
  “Recurring Plan Id”, “Recurring Start Date”). Plans: no public reader was found; named after the same words, to be mapped by
  hand where they differ.
- Stripe, payments (Dashboard → Export): “id”, “Amount”, “Amount Refunded”, “Created (UTC)”, “PaymentIntent ID”, “Card ID”.
  Subscriptions: half a dozen public readers of the export agree on “id”, “Customer ID”, “Customer Email”, “Customer Name”,
  “Plan”, “Quantity”, “Currency”, “Interval”, “Amount”, “Status”, “Created (UTC)”, “Start (UTC)”, “Start Date (UTC)”,
  “Current Period Start (UTC)”, “Current Period End (UTC)”, “Trial End (UTC)”, “Canceled At (UTC)”, “Ended At (UTC)”,
  “Cancellation Reason”. Metadata: “key (metadata)”.
- PayPal, activity download: Date … Reference Txn ID, in each account's language (German and French as exported; the
  mapping of the OCA's bank-statement-import has the same). Profiles: PayPal's Recurring Payments Profile report
  (developer.paypal.com/docs/reports/sftp-reports/recurring-payments-profile).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from campaigns.models import MoveIn
from campaigns.tables import guessed

Words = Mapping[str, Iterable[str]]
Kind = MoveIn.Kind
LABELS = {
    "id": "Its own number of the gift",
    "transaction": "The processor's number of the payment",
    "intent": "Stripe's PaymentIntent",
    "key": "Our own key, where we sent one",
    "reference": "The payment it belongs to (refunds)",
    "amount": "Amount",
    "currency": "Currency",
    "day": "Day",
    "time": "Time",
    "zone": "Time zone",
    "status": "Status",
    "type": "Kind of line",
    "impact": "Whether it moved the balance",
    "mode": "Live or test",
    "gateway": "Way to pay",
    "fee": "Fee",
    "fee_amount": "Amount in the fee's currency",
    "fee_currency": "The fee's currency",
    "refunded": "Sent back",
    "disputed": "Lost in a dispute",
    "dispute": "How the dispute ended",
    "email": "E-mail address",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "street": "Street",
    "street2": "Street, second line",
    "city": "City",
    "region": "Region",
    "postcode": "Postcode",
    "country": "Country",
    "message": "Message",
    "anonymous": "Anonymous",
    "receipt": "Number of its receipt",
    "customer": "Stripe's customer",
    "method": "Stripe's saved way to pay",
    "subscription": "The regular gift it belongs to",
    "interval": "Rhythm",
    "count": "Every how many of them",
    "quantity": "Quantity",
    "next": "Next due",
    "started": "Began",
    "ends": "Ends",
}
PERSON: Words = {
    "email": ["Email Address", "Email", "E-mail", "Donor Email", "Customer Email", "E-Mail-Adresse", "Adresse email"],
    "name": ["Name", "Donor Name", "Customer Name", "Nom"],
    "first_name": ["First Name", "Donor's First Name", "Vorname", "Prénom"],
    "last_name": ["Last Name", "Donor's Last Name", "Nachname", "Nom de famille"],
    "company": ["Company Name", "Donating Company", "Company", "Firma"],
    "street": ["Address 1", "Address Line 1", "Address", "Adresszeile 1", "Card Address Line1"],
    "street2": ["Address 2", "Address Line 2/District/Neighborhood", "Address Line 2", "Adresszusatz", "Card Address Line2"],
    "city": ["City", "Town/City", "Ort", "Ville", "Card Address City"],
    "region": ["State", "State / Province", "Bundesland", "Card Address State",
               "State/Province/Region/County/Territory/Prefecture/Republic"],
    "postcode": ["Zip", "Postal Code", "Zip/Postal Code", "PLZ", "Code postal", "Card Address Zip"],
    "country": ["Country", "Country Code", "Land", "Ländervorwahl", "Pays", "Card Address Country"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class System:
    """How one system writes one kind of file. `signs` are columns that no other one has."""

    name: str
    label: str
    kind: Kind
    words: Words
    signs: tuple[str, ...]
    days: str = ""  # where a day can be read in two ways: this one
    zone: str = ""  # of its moments; empty: the newsroom's
    needs: tuple[str, ...] = field(default=("amount", "day"))

    @property
    def fields(self) -> list[str]:
        return list(self.words)

    def guess(self, header: Iterable[str]) -> dict[str, int]:
        return guessed(header, self.words)


GIVEWP = System(
    "givewp", "GiveWP", Kind.GIFTS,
    {
        "id": ["Donation ID", "ID", "Spenden-ID", "Spende ID", "ID du don"],
        "transaction": ["Transaction ID", "_give_payment_transaction_id", "Gateway Transaction ID", "Transaktions-ID"],
        "amount": ["Donation Total", "Total", "Amount", "Spendensumme", "Gesamtspende", "Total du don"],
        "currency": ["Currency Code", "Currency", "Währungscode", "Währung", "Code de devise"],
        "day": ["Donation Date", "Date", "Spendendatum", "Datum", "Date du don"],
        "time": ["Donation Time", "Time", "Spendenzeit", "Uhrzeit", "Heure du don"],
        "status": ["Donation Status", "Status", "Spendenstatus", "Statut du don"],
        "mode": ["Payment Mode", "Mode", "Zahlungsmodus", "Mode de paiement"],
        "gateway": ["Payment Gateway", "Gateway", "Payment Method", "Zahlungs-Gateway", "Passerelle de paiement"],
        "fee": ["_give_fee_amount_paid", "Gateway Fee"],
        "refunded": ["Amount Refunded"],
        **PERSON,
        "message": ["Donor Comment", "Comment", "Kommentar", "Spenderkommentar"],
        "anonymous": ["_give_anonymous_donation", "Anonymous Donation", "Anonymous", "Anonym"],
        "receipt": ["Donation Number", "Spendennummer"],
        "subscription": ["Subscription ID", "subscription_id"],
    },
    ("Donation ID", "Donation Total", "Form Title", "Donation Number", "Payment Mode"),
)  # fmt: skip
DONORBOX = System(
    "donorbox", "Donorbox", Kind.GIFTS,
    {
        "id": ["Donation Id", "Id", "Receipt Id"],
        "transaction": ["Stripe Charge Id", "Pay Pal Transaction Id", "PayPal Transaction Id"],
        "intent": ["Pay Pal Capture Id", "PayPal Capture Id", "Stripe Payment Intent Id"],
        "amount": ["Amount"],
        "currency": ["Currency"],
        "day": ["Donated At", "Donation Date"],
        "status": ["Status"],
        "gateway": ["Donation Type"],
        "fee": ["Total Fee", "Processing Fee"],
        "refunded": ["Amount Refunded", "Refunded Amount"],
        **PERSON,
        "message": ["Donor Comment"],
        "anonymous": ["Make Donation Anonymous"],
        "receipt": ["Receipt Id"],
        "subscription": ["Recurring Plan Id"],
    },
    ("Donated At", "Make Donation Anonymous", "Stripe Charge Id", "Fee Covered", "Donating Company"),
    days="month/day/year",
    zone="UTC",
)  # fmt: skip
STRIPE = System(
    "stripe", "Stripe", Kind.GIFTS,
    {
        "id": ["id"],
        "intent": ["PaymentIntent ID", "Payment Intent ID"],
        "key": ["key (metadata)"],
        "amount": ["Amount"],
        "currency": ["Currency"],
        "day": ["Created date (UTC)", "Created (UTC)", "Created"],
        "status": ["Status"],
        "mode": ["Mode"],
        "fee": ["Fee"],
        "fee_amount": ["Converted Amount"],
        "fee_currency": ["Converted Currency"],
        "refunded": ["Amount Refunded"],
        "disputed": ["Disputed Amount"],
        "dispute": ["Dispute Status"],
        **PERSON,
        "name": ["Customer Name", "Customer Description", "Card Name"],
        "customer": ["Customer ID"],
        "method": ["Card ID", "Payment Method ID"],
        "subscription": ["Subscription ID", "Invoice Subscription ID"],
    },
    ("Amount Refunded", "Converted Amount", "Seller Message", "PaymentIntent ID", "Statement Descriptor"),
    days="year-month-day",
    zone="UTC",
)  # fmt: skip
PAYPAL = System(
    "paypal", "PayPal", Kind.GIFTS,
    {
        "id": ["Transaction ID", "Transaktionscode", "Numéro de transaction", "Id. de transacción", "Codice transazione"],
        "reference": ["Reference Txn ID", "Zugehöriger Transaktionscode", "Numéro de la transaction de référence",
                      "Id. de referencia de trans.", "Codice transazione di riferimento"],
        "key": ["Custom Number", "Zollnummer", "Numéro de client"],
        "amount": ["Gross", "Brutto", "Avant commission", "Bruto", "Lordo"],
        "currency": ["Currency", "Währung", "Devise", "Divisa", "Moneda", "Valuta"],
        "day": ["Date", "Datum", "Fecha", "Data"],
        "time": ["Time", "Uhrzeit", "Heure", "Hora", "Ora"],
        "zone": ["TimeZone", "Time zone", "Zeitzone", "Fuseau horaire", "Zona horaria", "Fuso orario"],
        "status": ["Status", "État", "Estado", "Stato"],
        "type": ["Type", "Typ", "Tipo", "Description", "Beschreibung"],
        "impact": ["Balance Impact", "Auswirkung auf Guthaben", "Impact sur le solde"],
        "fee": ["Fee", "Gebühr", "Entgelt", "Commission", "Tarifa", "Comisión", "Tariffa"],
        **PERSON,
        "email": ["From Email Address", "Absender E-Mail-Adresse", "De l'adresse email", "Correo electrónico del remitente",
                  "Indirizzo email mittente"],
        "name": ["Name", "Nom", "Nombre", "Nome"],
        "message": ["Note", "Hinweis", "Remarque"],
    },
    ("Gross", "Brutto", "Avant commission", "Reference Txn ID", "Zugehöriger Transaktionscode", "From Email Address"),
)  # fmt: skip
PLAN: dict[str, Iterable[str]] = {
    "id": ["Subscription ID", "Plan ID", "Recurring Plan Id", "Profile ID", "id"],
    "amount": ["Amount", "Recurring Amount", "Amount per cycle", "Donation Amount"],
    "currency": ["Currency", "Currency Code", "Plan Currency"],
    "interval": ["Interval", "Period", "Billing Period", "Frequency", "Recurring Interval", "Plan Interval", "Billing cycle"],
    "count": ["Interval Count", "Billing Frequency", "Period Frequency"],
    "status": ["Status", "Plan Status", "Profile Status", "Subscription Status"],
    "started": ["Created", "Date Created", "Started At", "Recurring Start Date", "Start Date", "Created (UTC)"],
    "next": ["Next Payment Date", "Next Charge Date", "Next Billing Date", "Renewal Date", "Next Renewal", "Next Due"],
    "ends": ["Expiration", "Expiration Date", "End Date"],
    "gateway": ["Gateway", "Payment Gateway", "Payment Method", "Donation Type"],
    "mode": ["Mode", "Payment Mode"],
    "transaction": ["Gateway Profile ID", "Stripe Subscription Id", "Transaction ID"],
    "customer": ["Stripe Customer Id", "Customer ID"],
    "method": ["Payment Method ID", "Default Payment Method", "Card ID", "Stripe Payment Method Id"],
    **PERSON,
}
RULED = ("amount", "interval")
PLANS = [
    System("givewp", "GiveWP", Kind.PLEDGES, PLAN | {"transaction": ["Profile ID", "Gateway Profile ID"]},
           ("Donor ID", "Form Title", "Profile ID", "Bill Times", "Renewal Date"), needs=RULED),
    System("donorbox", "Donorbox", Kind.PLEDGES, PLAN, ("Plan ID", "Recurring Plan Id", "Last Donation Date", "Started At",
           "Next Charge Date"), days="month/day/year", zone="UTC", needs=RULED),
    System(
        "stripe", "Stripe", Kind.PLEDGES,
        PLAN | {
            "id": ["id"], "quantity": ["Quantity"], "started": ["Start Date (UTC)", "Start (UTC)", "Created (UTC)"],
            "next": ["Current Period End (UTC)"], "ends": ["Cancel At (UTC)", "Canceled At (UTC)", "Ended At (UTC)"],
            "name": ["Customer Name", "Customer Description"],
        },
        ("Current Period End (UTC)", "Trial End (UTC)", "Plan", "Quantity", "Canceled At (UTC)"),
        days="year-month-day", zone="UTC", needs=RULED,
    ),
    System("paypal", "PayPal", Kind.PLEDGES,
           PLAN | {"email": ["Subscriber Email", "Payer Email", "Email", "Email Address"], "name": ["Subscriber Name", "Name"]},
           ("Profile ID", "Subscriber Name", "Payer ID", "Billing cycle", "Next Billing Date"), needs=RULED),
]  # fmt: skip
SYSTEMS = [GIVEWP, DONORBOX, STRIPE, PAYPAL, *PLANS]
NAMES = {system.name: system.label for system in SYSTEMS}


def get(name: str, kind: str) -> System:
    return next(system for system in SYSTEMS if (system.name, system.kind) == (name, kind))


def detected(header: Iterable[str], kind: str) -> System | None:
    """The system that most of the telling columns belong to; None when none of any does."""
    columns = list(header)

    def telling(system: System) -> int:
        return len(guessed(columns, {sign: [sign] for sign in system.signs}))

    best = max((system for system in SYSTEMS if system.kind == kind), key=telling)
    return best if telling(best) else None
