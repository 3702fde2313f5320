"""What is printed on papers, in the languages of the site. A language without words of its own has the English ones."""

LANGUAGES = ("en", "es", "fr", "de", "it", "pt")
WORDS = {
    "receipt": ("Receipt", "Recibo", "Reçu", "Spendenbescheinigung", "Ricevuta", "Recibo"),
    "cancelled": ("cancelled", "anulado", "annulé", "ungültig", "annullata", "anulado"),
    "statement": (
        "Gifts in {year}",
        "Donaciones de {year}",
        "Dons de {year}",
        "Spenden im Jahr {year}",
        "Donazioni del {year}",
        "Doações de {year}",
    ),
    "amount": ("Amount", "Importe", "Montant", "Betrag", "Importo", "Valor"),
    "received": ("Received", "Recibido", "Reçu le", "Eingegangen", "Ricevuta il", "Recebido"),
    "for": ("For", "Para", "Pour", "Für", "Per", "Para"),
    "method": ("Paid by", "Medio de pago", "Moyen de paiement", "Zahlungsweg", "Pagamento con", "Forma de pagamento"),
    "reference": ("Reference", "Referencia", "Référence", "Referenz", "Riferimento", "Referência"),
    "covered": (
        "Of this, for the payment’s fee",
        "De ello, para la comisión del pago",
        "Dont frais de paiement",
        "Davon für die Zahlungsgebühr",
        "Di cui per la commissione",
        "Disso, para a taxa do pagamento",
    ),
    "promised": ("Announced", "Anunciado", "Annoncé", "Angekündigt", "Annunciato", "Anunciado"),
    "honour": ("In honour of", "En honor de", "En l’honneur de", "Zu Ehren von", "In onore di", "Em honra de"),
    "memory": ("In memory of", "En memoria de", "À la mémoire de", "Im Gedenken an", "In memoria di", "Em memória de"),
    "tax_number": ("Tax number", "Número fiscal", "Numéro fiscal", "Steuernummer", "Codice fiscale", "Número fiscal"),
    "gift_aid": (
        "Tax declaration",
        "Declaración fiscal",
        "Déclaration fiscale",
        "Steuerliche Erklärung",
        "Dichiarazione fiscale",
        "Declaração fiscal",
    ),
    "given": ("given", "hecha", "faite", "abgegeben", "resa", "feita"),
    "left": ("Remaining", "Restante", "Reste", "Verbleibend", "Rimanente", "Restante"),
    "movements": (
        "What went back",
        "Devoluciones",
        "Remboursements",
        "Rückzahlungen",
        "Restituzioni",
        "Devoluções",
    ),
    "refund": ("Sent back", "Devuelto", "Remboursé", "Zurückgezahlt", "Restituito", "Devolvido"),
    "refund_failed": (
        "The refund came back",
        "La devolución volvió",
        "Remboursement revenu",
        "Rückzahlung kam zurück",
        "Restituzione tornata",
        "A devolução voltou",
    ),
    "dispute": ("Disputed", "Disputado", "Contesté", "Widersprochen", "Contestato", "Contestado"),
    "dispute_won": (
        "The dispute was settled",
        "Disputa resuelta",
        "Contestation levée",
        "Widerspruch aufgehoben",
        "Contestazione risolta",
        "Contestação resolvida",
    ),
    "day": ("Day", "Día", "Jour", "Tag", "Giorno", "Dia"),
    "what": ("What", "Concepto", "Objet", "Vorgang", "Causale", "Descrição"),
    "back": ("Sent back", "Devuelto", "Remboursé", "Zurückgezahlt", "Restituito", "Devolvido"),
    "total": (
        "Total {currency}",
        "Total {currency}",
        "Total {currency}",
        "Summe {currency}",
        "Totale {currency}",
        "Total {currency}",
    ),
    "replaces": (
        "Version {new}. It replaces version {old}.",
        "Versión {new}. Sustituye a la versión {old}.",
        "Version {new}. Elle remplace la version {old}.",
        "Fassung {new}. Sie ersetzt die Fassung {old}.",
        "Versione {new}. Sostituisce la versione {old}.",
        "Versão {new}. Substitui a versão {old}.",
    ),
    "void": (
        "The whole gift went back: this receipt is cancelled and proves no gift.",
        "La donación fue devuelta por completo: este recibo queda anulado y no acredita ninguna donación.",
        "Le don a été remboursé en entier : ce reçu est annulé et n’atteste aucun don.",
        "Die ganze Spende ging zurück: Diese Bescheinigung ist ungültig und belegt keine Spende.",
        "La donazione è stata restituita per intero: questa ricevuta è annullata e non attesta alcuna donazione.",
        "A doação foi devolvida por inteiro: este recibo está anulado e não comprova doação alguma.",
    ),
    "erased": (
        "The donor’s name and address were erased at their wish.",
        "El nombre y la dirección se borraron a petición de quien donó.",
        "Le nom et l’adresse ont été effacés à la demande de la personne donatrice.",
        "Name und Anschrift wurden auf Wunsch der spendenden Person gelöscht.",
        "Nome e indirizzo sono stati cancellati su richiesta di chi ha donato.",
        "O nome e o endereço foram apagados a pedido de quem doou.",
    ),
    "page": ("Version {new}", "Versión {new}", "Version {new}", "Fassung {new}", "Versione {new}", "Versão {new}"),
}


def say(key: str, language: str, **values: object) -> str:
    """`language` is one of Django's codes."""
    short = language.partition("-")[0]
    said = WORDS[key][LANGUAGES.index(short) if short in LANGUAGES else 0]
    return said.format(**values) if values else said
