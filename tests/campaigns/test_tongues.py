"""Donors are spoken to in their language: pages, refused forms, mails and papers."""

import json
from datetime import date, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.utils import timezone

from articles.models import Masthead
from campaigns import (
    giving,
    links,
    mailing,
    pledges,
    renewing,
    statements,
    steering,
    telling,
    wishes,
)
from campaigns.models import (
    CampaignUpdate,
    Dispute,
    Donation,
    Donor,
    Instalment,
    LegalEntity,
    PledgeChange,
    PledgeMail,
    Receipt,
    WaitingForm,
    YearStatement,
)
from campaigns.models.offline import OfflineInstructions
from campaigns.sandbox import bank
from tests.campaigns.english import left_in
from tests.campaigns.forms import an_open_campaign, filled_in, ref_in, text_of
from tests.campaigns.gifts import a_pledge, begun, received
from tests.campaigns.papers import words as printed
from tests.campaigns.test_languages import translate
from tests.campaigns.test_own_page import path_of
from tests.pages import tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    campaign = an_open_campaign(title="The winter", slug="winter", offers_tribute=True, asks_address=True, has_wall=True)
    translate(campaign)
    return campaign


@pytest.fixture
def pledge(campaign):
    return a_pledge(campaign=campaign, at=timezone.now() - timedelta(days=2), language="es")


def in_spanish(response, status=200):
    assert response.status_code == status
    assert tree(response).xpath("string(/html/@lang)") == "es"
    page = tree(response)
    for part in page.xpath("//*[@lang='en']"):  # an English campaign that is asked for, the newsroom's own words
        part.drop_tree()
    assert left_in(page.text_content()) == []
    return plain(text_of(response))


def plain(text):
    """With blanks that break."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


# -- pages whose address names the language ------------------------------------------------------------------------------


def test_the_give_form_and_all_around_it_speak_the_language_of_the_address(client, campaign):
    words = in_spanish(client.get("/campaigns/winter/es/"))
    for expected in ("Importe", "Correo electrónico para el recibo", "0 € de 1.000 €", "0 donaciones", "Lo último"):
        assert expected in words


def test_a_page_of_the_newsrooms_own_language_stays_as_it_was(client, campaign):
    page = client.get("/campaigns/winter/")
    assert (tree(page).xpath("string(/html/@lang)"), "E-mail for the receipt" in text_of(page)) == ("en", True)


def test_the_browser_is_not_asked_which_language_it_wants(client, campaign):
    page = client.get("/campaigns/winter/", headers={"Accept-Language": "es"})
    assert tree(page).xpath("string(/html/@lang)") == "en"
    assert "Accept-Language" not in page.headers.get("Vary", "")


def test_after_a_spanish_page_the_next_one_is_english_again(client, campaign):
    client.get("/campaigns/winter/es/")
    assert "Give to this campaign" in text_of(client.get("/campaigns/winter/"))


def test_what_the_newsroom_wrote_in_its_own_language_is_marked_as_that(client, campaign):
    Masthead.objects.update(footer="Readers pay for us.", tagline="News from the coast")
    page = tree(client.get("/campaigns/winter/es/"))
    assert page.xpath("string(//footer//div[@lang]/@lang)") == "en"
    assert page.xpath("string(//*[@id='digest-notice']/@lang)") == "en"


def test_a_language_without_labels_has_english_ones_its_texts_marked_and_its_own_figures(client, campaign):
    translate(campaign, language="de", title="Der Winter", call="Helft uns.")
    response = client.get("/campaigns/winter/de/")
    page = tree(response)
    assert (page.xpath("string(/html/@lang)"), page.xpath("string(//h1/@lang)")) == ("en", "de")
    assert "E-mail for the receipt" in text_of(response)
    assert "25 €" in text_of(response)
    assert page.xpath("string(//form[contains(@class, 'give')]/@data-language)") == "de"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"email": ""}, "Escriba su correo electrónico: ahí llega el recibo."),
        ({"amount_once": "", "own_amount": "0,10"}, "La donación mínima es de"),
        ({"amount_once": "", "own_amount": "cinco"}, "Escriba un importe en cifras, en EUR, por ejemplo 25 o 25,50."),
        ({"rhythm": "weekly"}, "Esta campaña recibe donaciones una vez o cada mes."),
        ({"processor": "nobody"}, "Elija una de las formas de pago."),
        ({"amount_once": "", "own_amount": "£5"}, "Aquí los importes son en EUR."),
        ({"name": "x" * 200}, "Asegúrese"),
    ],
)
def test_a_refused_form_says_why_in_its_language(client, campaign, typed, told):
    words = in_spanish(client.post("/campaigns/winter/es/", filled_in(**typed)), 422)
    assert told in words


def test_amounts_are_read_as_readers_of_the_language_write_them(client, campaign):
    client.post("/campaigns/winter/es/", filled_in(amount_once="", own_amount="1.250"))
    assert Donation.objects.get().amount == 125_000


def test_a_closed_campaign_thanks_in_its_language(client, campaign):
    campaign.closed_at, campaign.status = timezone.now(), "closed"
    campaign.save()
    assert "Gracias a todas las personas que donaron." in in_spanish(client.get("/campaigns/winter/es/"))
    assert "ha terminado" in in_spanish(client.post("/campaigns/winter/es/", filled_in()), 409)


@pytest.mark.parametrize("form", ["svg", "json"])
def test_progress_has_an_address_in_each_language(client, campaign, form):
    body = client.get(f"/campaigns/winter/es/progress.{form}").content.decode()
    body = body if form == "svg" else json.dumps(json.loads(body), ensure_ascii=False)
    for expected in ("El invierno", "0 donaciones", "quedan 9 días"):
        assert expected in body
    assert "The winter" in client.get(f"/campaigns/winter/progress.{form}").content.decode()


def test_progress_in_pixels_is_drawn_in_each_language(client, campaign):
    spanish, english = (client.get(f"/campaigns/winter/{part}progress.png").content for part in ("es/", ""))
    assert spanish != english


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("rest", ["progress.svg", "progress.json", "progress.png", "embed/"])
def test_what_the_campaign_does_not_speak_is_not_drawn(client, campaign, language, rest):
    from campaigns.models import PartnerHost

    PartnerHost.objects.create(host="a.example", name="A")
    assert client.get(f"/campaigns/winter/{language}/{rest}").status_code == 404


def test_the_page_asks_for_fresh_figures_in_its_own_language(client, campaign):
    page = tree(client.get("/campaigns/winter/es/"))
    assert page.xpath("string(//*[@data-progress]/@data-progress)") == "/campaigns/winter/es/progress.json"
    facts = json.loads(client.get("/campaigns/winter/es/progress.json").content)
    assert facts["url"].endswith("/campaigns/winter/es/")


def test_partners_may_show_the_form_in_each_language(client, campaign):
    words = in_spanish(client.get("/campaigns/winter/es/embed/"))
    assert "El invierno" in words
    in_spanish(client.post("/campaigns/winter/es/embed/", filled_in(email="")), 422)


def test_the_wall_speaks_the_campaigns_language(client, campaign):
    received(campaign, at=timezone.now(), on_wall=True)
    campaign.language = "es"
    campaign.save()
    assert "Ada" in in_spanish(client.get("/campaigns/winter/thanks/"))


def test_the_ask_on_other_pages_speaks_its_campaigns_language(client, campaign):
    campaign.language, campaign.has_bar = "es", True
    campaign.save()
    page = tree(client.get("/"))
    assert page.xpath("string(//section[contains(@class, 'ask')]/@lang)") == "es"
    assert page.xpath("string(//section[contains(@class, 'ask')]//a[@class='button'])") == "Donar"
    assert page.xpath("string(//aside/@lang)") == "es"
    assert page.xpath("string(//aside//button)") == "Cerrar"
    assert "Gracias por su donación" in page.xpath("string(//section[contains(@class, 'thanked')])")


def test_the_labels_of_an_ask_in_a_language_without_them_are_marked(client, campaign):
    campaign.language, campaign.has_bar = "de", True
    campaign.save()
    page = tree(client.get("/"))
    assert page.xpath("string(//section[contains(@class, 'ask')]/@lang)") == "de"
    assert page.xpath("string(//section[contains(@class, 'ask')]//a[@class='button']/@lang)") == "en"


def test_the_list_speaks_the_newsrooms_language(client, campaign):
    Masthead.objects.update(language="es")
    assert "Todas" not in in_spanish(client.get("/campaigns/"))
    assert tree(client.get("/campaigns/")).xpath("string(//h2[contains(@class, 'headline')]/@lang)") == "en"


# -- pages of a gift -------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_gift_speak_the_language_it_was_given_in(client, campaign):
    client.post("/campaigns/winter/es/", filled_in(name="Ada"))
    donation = Donation.objects.get()
    own = donation.get_absolute_url()
    assert "Su donación no está terminada" in in_spanish(client.get(own))
    Donation.objects.update(checkout_url="https://pay.example/1")
    assert "Vamos al pago" in in_spanish(client.get(f"{own}checkout/"))
    Donation.objects.update(checkout_url="")
    bank.decline(donation.processor_ref, tell=False)
    words = in_spanish(client.get(own))
    assert "El banco rechazó el pago. No se ha cobrado nada." in words


def test_thanks_and_slip_name_the_campaign_in_the_language_and_link_its_page(client, campaign):
    donation = received(campaign, at=timezone.now(), language="es", amount=2550, tribute="honour", tribute_name="Bo")
    response = client.get(donation.get_absolute_url())
    words = in_spanish(response)
    assert "Su donación de 25,50 € ha llegado." in words
    assert "En honor de" in words
    assert "The winter" not in words
    slip = tree(response).xpath("//dl[@class='slip']//a")[0]
    assert (slip.text_content(), slip.get("href"), slip.get("lang")) == ("El invierno", "/campaigns/winter/es/", None)


def test_how_to_send_a_transfer_is_told_in_the_language(client, campaign, mailoutbox):
    OfflineInstructions.objects.update(text="Send it.", iban="DE89370400440532013000", account_holder="Us")
    client.post("/campaigns/winter/es/", filled_in(processor="offline", rhythm="monthly", amount_monthly="1000"))
    page = client.get(Donation.objects.get().get_absolute_url())
    assert "Por transferencia bancaria" in in_spanish(page)
    assert tree(page).xpath("string(//div[@class='prose']/@lang)") == "en"


def test_who_gives_again_is_asked_in_the_language(client, campaign):
    bank.pay(ref_in(client.post("/campaigns/winter/es/", filled_in(key="k"))), tell=False)
    giving.settle(Donation.objects.get(), at=timezone.now(), mail=False)
    page = client.post("/campaigns/winter/es/", filled_in(key="k"))
    assert "¿Donar otra vez?" in in_spanish(page)
    assert tree(page).xpath("string(//main//form/@action)") == "/campaigns/winter/es/"


def test_a_held_gift_waits_in_the_language(client, campaign):
    donation = begun(campaign, at=timezone.now(), language="es")
    Donation.objects.update(status="held")
    bank_page = client.get(donation.get_absolute_url())
    assert bank_page.status_code == 200
    assert left_in(bank_page.content.decode()) == []


# -- pages behind mailed links -----------------------------------------------------------------------------------------------


def test_a_donors_own_pages_speak_their_language(client, pledge):
    own = path_of(links.to_donor(pledge.donor))
    words = in_spanish(client.get(own))
    assert "25 € al mes para «El invierno»" in words
    assert "The winter" not in words
    for part in ("about-me/", "erase-me/"):
        in_spanish(client.get(f"{own}{part}"))
    assert "¿Borrar de verdad sus datos?" in in_spanish(client.post(f"{own}erase-me/"))
    in_spanish(client.get(path_of(links.to_news(pledge.donor))))
    in_spanish(client.get(path_of(links.to_new_address(pledge.donor, "bo@example.org"))))


def test_the_gifts_of_a_donor_lead_to_their_language(client, pledge):
    page = tree(client.get(path_of(links.to_donor(pledge.donor))))
    assert page.xpath("//table//a/@href")[0] == "/campaigns/winter/es/"


def test_what_is_refused_on_the_own_page_is_told_in_the_language(client, pledge):
    own = path_of(links.to_donor(pledge.donor))
    refused = client.post(own, {"pledge": pledge.pk, "deed": "amount", "amount": "0,10"})
    assert "La donación mínima es de" in in_spanish(refused, 422)


def test_the_countries_and_languages_to_choose_from_have_their_names_in_the_language(client, pledge):
    page = tree(client.get(f"{path_of(links.to_donor(pledge.donor))}about-me/"))
    assert page.xpath("string(//select[@name='country']/option[@value='DE'])") == "Alemania"
    assert page.xpath("string(//select[@name='language']/option[@value='de'])") == "Deutsch"


def test_the_renew_page_speaks_the_donors_language_and_keeps_what_they_agreed_to(client, pledge):
    address = path_of(links.to_renew(pledge))
    words = in_spanish(client.get(address))
    assert "25 € al mes para «El invierno»" in words
    assert "Pagar 25 € con: Tarjeta (simulada)" in words
    assert "Esta forma de pago ya no se ofrece." in in_spanish(client.post(address, {"way": "none"}), 422)
    client.post(address, {"way": "sandbox"})
    assert plain(Donation.objects.latest("pk").renewal.consent).startswith("Pagar 25 € ahora")
    steering.stop(pledge, at=timezone.now())
    in_spanish(client.get(address))


def test_the_way_to_the_link_goes_on_in_the_language_of_the_page(client, pledge):
    page = tree(client.get("/campaigns/winter/es/"))
    (address,) = page.xpath("//footer//a[starts-with(@href, '/giving/')]/@href")
    assert address == "/giving/?language=es"
    assert "Sus donaciones" in in_spanish(client.get(address))
    refused = client.post("/giving/", {"email": "ada", "language": "es"})
    assert "A esta dirección no podemos escribir" in in_spanish(refused, 422)
    asked = client.post("/giving/", {"email": "ada@example.org", "language": "es"})
    assert asked.headers["Location"] == "/giving/?asked=1&language=es"


@pytest.mark.parametrize("language", ["xx", "es'", "ES", "x" * 5000])
def test_a_language_that_nobody_offers_is_the_newsrooms(client, language):
    assert tree(client.get("/giving/", {"language": language})).xpath("string(/html/@lang)") == "en"


def test_who_may_not_pass_is_told_in_the_newsrooms_language(client):
    Masthead.objects.update(language="es")
    assert "Este enlace ya no funciona" in in_spanish(client.get("/giving/nothing/"), 404)


# -- mails -------------------------------------------------------------------------------------------------------------------


def sent(mailoutbox):
    """The last mail, which has to be Spanish throughout."""
    letter = mailoutbox[-1]
    html = letter.alternatives[0][0]
    for text in (letter.subject, letter.body, html):
        assert left_in(text) == []
    assert '<html lang="es">' in html
    assert letter.extra_headers["Content-Language"] == "es"
    return letter


def test_the_receipt_its_next_version_and_its_paper_speak_the_language_of_the_gift(campaign, mailoutbox):
    donation = received(campaign, at=timezone.now(), language="es", rhythm="monthly")
    Receipt.objects.update(mailed_at=None)
    mailing.send("receipt", donation, at=timezone.now())
    letter = sent(mailoutbox)
    assert "Gracias: su donación de 25 € ha llegado." in plain(letter.body)
    assert "El invierno" in letter.body
    assert "The winter" not in letter.body
    paper = printed(letter.attachments[0].content)
    assert "El invierno" in paper
    assert "Recibo" in paper
    giving.refund(donation, amount=500, by=None, key=uuid4(), at=timezone.now())
    Receipt.objects.update(mailed_at=None)
    mailing.send("receipt", donation, at=timezone.now())
    assert "versión 2" in sent(mailoutbox).subject


@pytest.mark.parametrize("name", ["instructions", "link", "new_address", "address_changed", "waiting_form", "update", "dispute"])
def test_every_other_mail_about_gifts_speaks_the_donors_language(campaign, mailoutbox, name):
    donation = received(campaign, at=timezone.now(), language="es", rhythm="monthly")
    donor = Donor.objects.get()
    if name == "instructions":
        OfflineInstructions.objects.update(text="IBAN", iban="DE89370400440532013000", account_holder="Us")
        mailing.send("instructions", donation, at=timezone.now())
    elif name == "dispute":
        Dispute.objects.create(
            donation=donation, processor="sandbox", processor_ref="dp", amount=2500, currency="EUR", opened_at=timezone.now()
        )
        mailing.send("dispute", donation, at=timezone.now())
    elif name == "link":
        mailing.send_link(donor)
    elif name == "waiting_form":
        fields = {"typed": [], "content": "", "language": "es"}
        form = WaitingForm.objects.create(
            token=uuid4(), campaign=campaign, path="/x/", email="ada@example.org", fields=fields, at=timezone.now()
        )
        mailing.send_waiting_form(form)
    elif name == "update":
        update = CampaignUpdate.objects.create(campaign=campaign, headline="It came", text="<p>All.</p>")
        mailing.send_update(update, donor)
        assert '<div lang="en">\n<h1>It came</h1>' in mailoutbox[-1].alternatives[0][0]
        assert "/campaigns/winter/es/#news-" in mailoutbox[-1].body
    else:
        mailing.send_to(name, donor, to="bo@example.org")
    assert "The winter" not in sent(mailoutbox).body


@pytest.mark.parametrize("kind", [kind for kind in PledgeMail.Kind if kind != PledgeMail.Kind.CHANGED])
def test_every_mail_about_a_pledge_speaks_the_donors_language(pledge, mailoutbox, kind):
    pledge.paused_until = date(2027, 5, 3)
    context = telling.told_by(pledge) | {"first": pledge.next_due, "problem": "The bank declined the payment."}
    instalment = Instalment(period=date(2027, 5, 3), retry_on=date(2027, 5, 6))
    for needs_donor in (True, False):
        instalment.needs_donor = needs_donor
        mailing.about_pledge(kind, pledge.donor, context | {"instalment": instalment})
        letter = sent(mailoutbox)
        assert "The winter" not in letter.body
    if kind == PledgeMail.Kind.DECLINED:
        assert "El banco rechazó el pago. No se ha cobrado nada." in letter.body
        assert "6 de mayo de 2027" in letter.body


def test_every_change_is_confirmed_in_the_donors_language_whoever_made_it(pledge, mailoutbox):
    at = timezone.now()
    steering.change_amount(pledge, amount=1500, at=at)
    steering.change_day(pledge, day=7, at=at)
    steering.rest(pledge, months=3, at=at)
    steering.go_on(pledge, at=at)
    renewing.attach(pledges.locked(pledge), processor="offline", mandate="", method="", consent="", at=at)
    steering.stop(pledge, at=at)
    changes = list(PledgeChange.objects.order_by("pk"))
    assert [change.kind for change in changes] == ["amount", "day", "paused", "resumed", "method", "ended"]
    for change in changes:
        mailing.about_pledge("changed", pledge.donor, telling.told_by(pledge) | {"change": change})
        sent(mailoutbox)
    assert plain(changes[0].consent).startswith("Donar 15 € al mes en lugar de 25 €. Una donación periódica continúa")
    assert changes[2].becomes.startswith("hasta el ")
    assert changes[4].becomes == "Cheque o transferencia bancaria"


def test_the_rehearsed_mail_is_the_one_that_a_donor_would_get(pledge):
    assert left_in(telling.sample(pledge)) == []


def test_the_year_statement_and_its_mail_speak_the_donors_language(campaign, mailoutbox):
    received(campaign, at=timezone.now(), language="es")
    donor, entity, year = Donor.objects.get(), LegalEntity.objects.get(), timezone.localdate().year
    statements.make(donor, entity=entity, year=year, at=timezone.now(), mail=False)
    YearStatement.objects.update(mailed_at=None)
    mailing.send_statement(YearStatement.objects.select_related("donor", "entity").get(), at=timezone.now())
    letter = sent(mailoutbox)
    assert "El invierno" in printed(letter.attachments[0].content)


# -- which language a donor is written to in ---------------------------------------------------------------------------------


def test_a_new_donor_is_written_to_in_the_language_of_the_page(campaign):
    begun(campaign, at=timezone.now(), language="es")
    assert Donor.objects.get().language == "es"


def test_the_first_gift_that_arrives_decides_and_later_ones_do_not(campaign):
    begun(campaign, at=timezone.now(), language="es", amount=1000)  # anybody can type anybody's address
    received(campaign, at=timezone.now(), language="en")
    assert Donor.objects.get().language == "en"
    received(campaign, at=timezone.now(), language="es", amount=3000)
    assert Donor.objects.get().language == "en"


def test_what_a_donor_chose_on_their_own_page_holds_for_the_gifts_of_their_pledge(pledge):
    wishes.change_details(pledge.donor, details={"language": "en"}, at=timezone.now())
    pledge.refresh_from_db()
    assert renewing.gift_of(pledge, "next", at=timezone.now()).language == "en"


def test_the_sentence_a_donor_agrees_to_is_kept_as_it_was_shown(pledge):
    assert plain(pledge.consent) == (
        "Donar 25 € al mes. Una donación periódica continúa hasta que usted la detenga con el enlace de cualquier recibo."
    )


def test_donors_of_before_get_the_language_of_their_last_gift_unless_they_chose_one(campaign):
    received(campaign, at=timezone.now(), language="es")
    received(campaign, at=timezone.now(), language="es", email="bo@example.org")
    received(campaign, at=timezone.now(), email="cy@example.org")
    Donor.objects.filter(email="ada@example.org").update(language="en")
    Donor.objects.filter(email="bo@example.org").update(language="fr")
    import_module("campaigns.migrations.0135_donors_written_to_in_their_language").fill(apps, None)
    assert dict(Donor.objects.values_list("email", "language")) == {
        "ada@example.org": "es",
        "bo@example.org": "fr",
        "cy@example.org": "en",
    }
