"""What a browser would post from the desk's forms: every field as it stands, and what was typed over it."""

from typing import Any

from django.test import Client

from articles.models import Article
from tests.pages import tree as _tree

ADD = "/admin/articles/article/add/"


def tree(response: Any) -> Any:
    """The desk's pages tell their encoding in the header alone."""
    return _tree(response.content.decode())


def change(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/change/"


def posted(response: Any) -> dict[str, Any]:
    """The fields of the page's form with their values, without its buttons."""
    form = next(form for form in tree(response).forms if form.get("id", "").endswith("_form"))
    fields = {name: value for name, value in form.form_values() if name not in {"_save", "_continue", "_addanother"}}
    return {name: value for name, value in fields.items() if "__prefix__" not in name}


def press(client: Client, address: str, button: str = "_save", /, **typed: Any) -> Any:
    """Open a form, type, press a button, follow to where it leads."""
    opened = client.get(address)
    assert opened.status_code == 200
    return client.post(address, posted(opened) | typed | {button: "1"}, follow=True)


def messages(response: Any) -> list[str]:
    return [" ".join(item.text_content().split()) for item in tree(response).xpath("//ul[@class='messagelist']/li")]


def errors(response: Any) -> list[str]:
    return [item.text_content().strip() for item in tree(response).xpath("//ul[contains(@class, 'errorlist')]/li")]


def buttons(response: Any) -> list[str]:
    """What can be done on this page."""
    return [button.text_content().strip() for button in tree(response).xpath("//section[@class='desk-state']//button")]
