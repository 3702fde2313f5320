import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix
from hypothesis import given
from hypothesis import strategies as st

from newsroom.paths import path_to

NAMES = ["articles:article", "articles:tag", "articles:section", "articles:author", "campaigns:campaign"]


@pytest.mark.parametrize("name", NAMES)
@given(slug=st.text(st.characters(exclude_characters="/", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20))
def test_an_address_is_the_one_that_django_would_give(name: str, slug: str) -> None:
    assert path_to(name, slug) == reverse(name, args=[slug])


@pytest.mark.parametrize("slug", ["", "a/b", "a\x00", "\n"])
def test_what_is_no_slug_has_no_address(slug: str) -> None:
    with pytest.raises(NoReverseMatch):
        path_to("articles:tag", slug)


def test_below_a_prefix_of_the_servers_addresses_have_it() -> None:
    try:
        set_script_prefix("/news/")
        assert path_to("articles:tag", "water") == "/news/tags/water/" == reverse("articles:tag", args=["water"])
    finally:
        set_script_prefix("/")
    assert path_to("articles:tag", "water") == "/tags/water/"


@pytest.mark.parametrize("name", ["articles:front", "articles:latest", "campaigns:donate", "digest:digest"])
def test_a_page_without_a_slug_has_its_address(name: str) -> None:
    assert path_to(name) == reverse(name)
