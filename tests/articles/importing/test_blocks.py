from articles.importing.blocks import Stretch, stretches
from tests.articles.importing.samples import quick


def parted(content: str) -> list[tuple[str, bool]]:
    return [(stretch.html, stretch.classic) for stretch in stretches(content, lambda name, attributes: "")]


def test_a_text_written_by_hand_is_classic():
    assert parted("One.\n\nTwo. <!--more--> Three.") == [("One.\n\nTwo.  Three.", True)]


def test_the_block_editors_comments_go_and_what_they_wrap_stays():
    content = '<!-- wp:paragraph {"align":"left"} -->\n<p>One</p>\n<!-- /wp:paragraph -->\n\n'
    content += "<!-- wp:heading -->\n<h2>Two</h2>\n<!-- /wp:heading -->"
    [(html, classic)] = parted(content)
    assert html.split() == ["<p>One</p>", "<h2>Two</h2>"]
    assert not classic


def test_a_classic_part_between_blocks_is_told_apart():
    content = "<!-- wp:paragraph --><p>One</p><!-- /wp:paragraph -->\nTwo\n\nThree\n<!-- wp:list --><ul></ul><!-- /wp:list -->"
    assert [(html.strip(), classic) for html, classic in parted(content)] == [
        ("<p>One</p>", False),
        ("Two\n\nThree", True),
        ("<ul></ul>", False),
    ]


def test_text_inside_nested_blocks_is_not_classic():
    content = "<!-- wp:group --><div><!-- wp:paragraph --><p>x</p><!-- /wp:paragraph -->\n\nloose\n\n</div><!-- /wp:group -->"
    assert [classic for _, classic in parted(content)] == [False]


def test_a_block_without_text_is_asked_for_by_name_and_attributes():
    asked = []

    def dynamic(name: str, attributes: dict[str, object]) -> str:
        asked.append((name, attributes))
        return "<p>Reused</p>"

    assert stretches('<!-- wp:block {"ref":12} /-->', dynamic) == [Stretch("<p>Reused</p>", classic=False)]
    assert asked == [("block", {"ref": 12})]


def test_attributes_that_are_no_json_harm_nothing():
    assert stretches("<!-- wp:latest-posts {broken} /-->a", lambda name, attributes: str(attributes))[0].html.startswith("{}")


def test_a_comment_without_an_end_loses_no_text():
    assert parted("Before <!-- wp:paragraph and after")[0][0] == "Before  wp:paragraph and after"


def test_a_million_openings_take_no_time():
    with quick():
        assert len(parted('<!-- wp:a {"' * 100_000)[0][0]) == 800_000
        assert parted('<!-- wp:a {"x":"' * 50_000 + "-->") == [("", True)]
