"""Pages for what went wrong: each says in a sentence what happened and how to go on."""

import pytest
from django.core.exceptions import PermissionDenied
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.test import RequestFactory
from django.views.csrf import csrf_failure
from django.views.defaults import bad_request, permission_denied, server_error

from tests.pages import attribute, texts


def test_our_mistakes_need_no_database(rf: RequestFactory) -> None:
    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert attribute(response, "//h1/text()") == "Something broke on our side"


def test_what_cannot_be_understood_needs_no_database(rf: RequestFactory) -> None:
    response = bad_request(rf.get("/"), ValueError())
    assert response.status_code == 400
    assert attribute(response, "//h1/text()") == "We did not understand this"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionDenied("Only editors <b>publish</b>."), "Only editors <b>publish</b>."),
        (PermissionDenied(), "You may not do this here. If you think you should, ask an administrator."),
    ],
)
def test_who_is_refused_learns_why(rf: RequestFactory, error: Exception, sentence: str) -> None:
    response = permission_denied(rf.get("/"), error)
    assert response.status_code == 403
    assert texts(response, "list-description") == [sentence]


@pytest.mark.django_db
def test_a_form_that_grew_old_can_be_sent_again(rf: RequestFactory) -> None:
    response = csrf_failure(rf.get("/"), reason=REASON_NO_CSRF_COOKIE)
    assert response.status_code == 403
    assert attribute(response, "//h1/text()") == "This form has grown old"
