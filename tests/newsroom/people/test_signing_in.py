"""The second step after the password, and who gets no further."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from articles.models import Article
from tests.articles.forms import tree
from tests.factories import make_section, make_user
from tests.newsroom.people.signing import ACCOUNT, CODE, LOGIN, code_of, sign_in, signed_in, with_app, with_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_counts():
    yield
    cache.clear()


def errors(response) -> list[str]:
    return [note.text_content().strip() for note in tree(response).xpath("//*[contains(@class, 'error')]")]


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def test_a_password_alone_opens_no_account_that_has_an_authenticator_app(client):
    secret = with_app(make_user("Editor", username="ed"))
    assert sign_in(client, "ed").headers["Location"] == CODE
    assert not is_in(client)
    assert client.post(CODE, {"code": code_of(secret)}).headers["Location"] == "/admin/"
    assert is_in(client)


def test_the_second_step_leads_where_the_person_wanted_to_go(client):
    secret = with_app(make_user("Editor", username="ed"))
    sign_in(client, "ed", next="/admin/articles/tag/")
    assert client.post(CODE, {"code": code_of(secret)}).headers["Location"] == "/admin/articles/tag/"


@pytest.mark.parametrize("code", ["000000", "", "x" * 5000, "١٢٣٤٥٦", "\0"])
def test_a_wrong_code_opens_nothing_and_is_told(client, code):
    with_app(make_user("Editor", username="ed"))
    sign_in(client, "ed")
    response = client.post(CODE, {"code": code})
    assert response.status_code == 200
    assert errors(response) != []
    assert not is_in(client)


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "7", '{"id": 1}', '{"response": {"userHandle": "!"}}', "{"])
@pytest.mark.parametrize("address", [CODE, "/admin/account/sign-in/passkey/"])
def test_what_no_passkey_signed_opens_nothing(client, address, credential):
    with_app(make_user("Editor", username="ed"))
    sign_in(client, "ed")
    other = client if address == CODE else Client()
    assert other.post(address, {"credential": credential}).status_code == 200
    assert not is_in(other)


def test_a_code_opens_once(client):
    secret = with_app(make_user("Editor", username="ed"))
    code = code_of(secret)
    sign_in(client, "ed")
    client.post(CODE, {"code": code})
    other = Client()
    sign_in(other, "ed")
    assert other.post(CODE, {"code": code}).status_code == 200
    assert not is_in(other)


def test_a_recovery_code_opens_once(client):
    user = make_user("Editor", username="ed")
    with_app(user)
    code = with_codes(user)[0]
    for other, opened in ((client, True), (Client(), False)):
        sign_in(other, "ed")
        other.post(CODE, {"code": code})
        assert is_in(other) == opened


def test_codes_are_not_guessed(client):
    secret = with_app(make_user("Editor", username="ed"))
    sign_in(client, "ed")
    for _ in range(6):
        client.post(CODE, {"code": "000000"})
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 200
    assert not is_in(client)


def test_the_second_step_without_the_first_leads_to_the_first(client):
    assert client.get(CODE, follow=True).redirect_chain[-1][0] == LOGIN
    assert client.post(CODE, {"code": "123456"}).status_code == 302


def test_secrets_lie_encrypted_in_the_database():
    user = make_user()
    secret = with_app(user)
    with_codes(user)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert all(row.wrap().instance.data for row in Authenticator.objects.all())


def test_under_another_secret_key_no_code_fits_not_even_that_of_an_empty_secret(client, settings):
    user = make_user("Editor", username="ed")
    with_app(user)
    settings.SECRET_KEY = "another"
    sign_in(client, "ed")
    for code in (code_of(""), *[f"{number:08}" for number in range(1)]):
        assert client.post(CODE, {"code": code}).status_code == 200
    assert not is_in(client)


def test_a_former_secret_key_still_opens(client, settings):
    secret = with_app(make_user("Editor", username="ed"))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    sign_in(client, "ed")
    client.post(CODE, {"code": code_of(secret)})
    assert is_in(client)


def test_words_travel_through_the_second_step_as_well(client):
    """The session ends while somebody writes: password, code, and the words stand in the form again."""
    secret = with_app(make_user("Editor", username="ed"))
    make_section()
    form = "/admin/articles/article/add/"
    typed = {"username": "ed", "password": "pass", "next": form, "kept-headline": "Typed for hours", "lost": "a.jpg"}
    second = client.post(LOGIN, typed)
    carried = tree(second)
    assert carried.xpath("//input[@name='kept-headline']/@value") == ["Typed for hours"]
    sent = {"code": code_of(secret), "kept-headline": "Typed for hours", "next": form, "lost": "a.jpg"}
    third = client.post(CODE, sent)
    assert tree(third).xpath("//form[@id='again-form']//input[@name='headline']/@value") == ["Typed for hours"]
    assert not Article.objects.exists()


def test_a_wrong_code_loses_no_words(client):
    with_app(make_user("Editor", username="ed"))
    form = "/admin/articles/article/add/"
    client.post(LOGIN, {"username": "ed", "password": "pass", "next": form, "kept-headline": "Typed"})
    again = client.post(CODE, {"code": "000000", "kept-headline": "Typed", "next": form})
    assert tree(again).xpath("//input[@name='kept-headline']/@value") == ["Typed"]


def test_somebody_else_signs_in_at_a_desk_that_is_open(client):
    """The one who was there is out, and the second step is asked of the other one."""
    client = signed_in(make_user("Editor", username="ana"))
    secret = with_app(make_user("Editor", username="ed"))
    assert sign_in(client, "ed").headers["Location"] == CODE
    assert not is_in(client)
    client.post(CODE, {"code": code_of(secret)})
    assert "ed" in client.get(ACCOUNT).content.decode()


def test_nobody_is_led_to_another_site(client):
    secret = with_app(make_user("Editor", username="ed"))
    sign_in(client, "ed", next="https://evil.example/")
    assert client.post(CODE, {"code": code_of(secret)}).headers["Location"] == "/admin/"


def test_there_is_no_sign_up_and_no_list_of_secrets(client):
    client.force_login(make_user(is_superuser=True))
    for address in ("/admin/account/signup/", "/admin/mfa/authenticator/", "/admin/usersessions/usersession/"):
        assert client.get(address).status_code == 404


def test_a_page_of_options_is_not_fetched_without_end(client):
    ask = {"headers": {"X-Requested-With": "XMLHttpRequest"}}
    answers = [client.get("/admin/account/sign-in/passkey/", **ask).status_code for _ in range(121)]
    assert answers == [200] * 120 + [429]
