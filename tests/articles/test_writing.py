from articles.models import Article
from articles.writing import derive, plain_text, summarise


def test_a_short_text_is_its_own_summary():
    assert summarise("<p>One.</p><p>Two &amp; three.</p>") == "One. Two & three."


def test_a_long_text_ends_with_a_whole_sentence_within_a_hundred_words():
    body = "<p>" + "Nine words stand in each one of these sentences. " * 20 + "</p>"
    made = summarise(body)
    assert made.endswith("sentences.")
    assert 90 <= len(made.split()) <= 100


def test_a_text_without_sentences_ends_with_an_ellipsis():
    made = summarise("<p>" + "word " * 300 + "</p>")
    assert made.endswith("word…")
    assert len(made.split()) == 100


def test_a_closing_quote_belongs_to_its_sentence():
    body = "<p>" + "He said “enough of that now.” " * 40 + "</p>"
    assert summarise(body).endswith("now.”")


def test_headings_captions_and_tables_are_left_out_of_the_summary():
    figure = "<figure><img src='/media/x.jpg'><figcaption>Caption</figcaption></figure>"
    body = f"<h2>Heading</h2>{figure}<p>Text.</p><table><tr><td>1</td></tr></table>"
    assert summarise(body) == "Text."


def test_words_of_neighbouring_blocks_are_not_joined():
    assert plain_text("<p>One</p><p>two<br>three</p><ul><li>four</li><li>five</li></ul>") == "One two three four five"


def test_an_editors_summary_wins_over_the_made_one():
    article = Article(summary=" Mine.\n", body="<p>Theirs.</p>")
    derive(article)
    assert (article.teaser, article.word_count) == ("Mine.", 1)
