from articles.comparing import Part, Row, marked, paragraphs, side_by_side


def test_the_words_that_differ_are_marked():
    assert marked("The old harbour opens.", "The new harbour opens.") == Row(
        [Part("The "), Part("old", True), Part(" harbour opens.")], [Part("The "), Part("new", True), Part(" harbour opens.")]
    )


def test_what_came_and_what_went_stand_alone():
    assert marked("", "New words") == Row([], [Part("New words", True)])
    assert marked("Old words", "") == Row([Part("Old words", True)], [])


def test_a_text_is_told_by_its_paragraphs_with_pictures_and_targets_of_links():
    figure = '<figure><img src="/media/a.jpg" alt="A quay"><figcaption>Old</figcaption></figure>'
    text = f'<h2>Head</h2><p>One &amp; <a href="/x/">two</a></p>{figure}'
    assert paragraphs(text) == ["Head", "One & two [/x/]", "[Picture: A quay] Old"]


def test_long_stretches_that_are_the_same_are_left_out():
    before = [f"Paragraph {number}." for number in range(20)]
    after = [*before[:10], "Quite another one.", *before[11:]]
    rows = side_by_side(before, after)
    assert [row.same for row in rows] == [True, False, True]
    assert "".join(part.text for part in rows[1].right) == "Quite another one."


def test_texts_that_are_the_same_have_nothing_to_show():
    assert side_by_side(["a", "b"], ["a", "b"]) == []
