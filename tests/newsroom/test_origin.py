import pytest

from newsroom.origin import is_foreign


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, False),
        ({"HTTP_SEC_FETCH_SITE": "none"}, False),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, True),
        ({"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "http://testserver"}, True),
        ({"HTTP_ORIGIN": "http://testserver"}, False),
        ({"HTTP_ORIGIN": "null"}, False),
        ({"HTTP_ORIGIN": "https://elsewhere.example.org"}, True),
        ({"HTTP_ORIGIN": "http://["}, True),
    ],
)
def test_a_form_sent_from_another_site_is_told_by_what_the_browser_says(rf, headers, foreign):
    assert is_foreign(rf.post("/", **headers)) is foreign
