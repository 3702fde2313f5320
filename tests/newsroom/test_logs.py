"""Log lines open no door."""

import logging

import pytest

from newsroom.logs import WithoutTokens


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/giving/p7.pZpteoy1/", "/giving/…"),
        ("/giving/renew/r13.x/", "/giving/…"),
        ("/giving/d64.1xVX/about-me/ twice", "/giving/… twice"),
        ("/digest/preferences/abc/", "/digest/preferences/…"),
        ("/campaigns/the-winter/", "/campaigns/the-winter/"),
        ("/giving/", "/giving/"),
        ("/preview/12-9f.xVX_a/", "/preview/…"),
        ("/admin/articles/article/5/preview/", "/admin/articles/article/5/preview/"),
    ],
)
def test_the_token_of_an_address_is_not_told(path, told):
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s: %s", ("Not Found", path), None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == f"Not Found: {told}"
