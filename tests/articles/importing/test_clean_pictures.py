"""Pictures, captions and galleries of a WordPress text."""

from tests.articles.importing.texts import cleaned, text


def test_a_picture_of_ours_stands_on_its_own():
    assert cleaned('One <img src="/wp-content/uploads/a.jpg" alt="Boats"> two', ours=True) == (
        '<p>One</p>\n<figure><img src="/media/images/a.jpg" alt="Boats" width="640" height="480"></figure>\n<p>two</p>'
    )


def test_a_picture_without_an_alt_takes_the_librarys():
    assert 'alt="From the library"' in cleaned('<img src="/a.jpg">', ours=True)


def test_a_missing_picture_becomes_a_link_to_where_it_was_and_is_listed():
    found = text()
    assert found.clean('<img src="/wp-content/uploads/a.jpg" alt="Boats &amp; sea">') == (
        '<p><a href="https://old.example.org/wp-content/uploads/a.jpg">Boats &amp; sea</a></p>'
    )
    assert found.losses == [
        ("picture that is not here, now a link to where it was", "https://old.example.org/wp-content/uploads/a.jpg")
    ]


CAPTION = (
    '[caption id="attachment_4" width="300"]<a href="https://old.example.org/a.jpg">'
    '<img class="wp-image-4" src="/a.jpg" alt="Boats" /></a> By <em>Ana</em>[/caption]'
)


def test_a_caption_becomes_a_figcaption():
    assert cleaned(CAPTION, ours=True) == (
        '<figure><img src="/media/images/a.jpg" alt="Boats" width="640" height="480">'
        "<figcaption>By <em>Ana</em></figcaption></figure>"
    )


def test_the_caption_of_a_missing_picture_stays():
    assert cleaned(CAPTION) == '<p><a href="https://old.example.org/a.jpg">Boats</a><br>By <em>Ana</em></p>'


def test_a_caption_in_an_attribute_is_understood_too():
    assert "<figcaption>Old way</figcaption>" in cleaned('[caption caption="Old way"]<img src="/a.jpg">[/caption]', ours=True)


def test_an_image_block_keeps_its_caption():
    content = '<!-- wp:image {"id":4} --><figure class="wp-block-image"><img src="/a.jpg" alt="B" class="wp-image-4"/>'
    content += "<figcaption>C</figcaption></figure><!-- /wp:image -->"
    assert cleaned(content, ours=True).endswith("<figcaption>C</figcaption></figure>")


def test_a_gallery_becomes_its_pictures():
    body = cleaned('[gallery ids="4,5"]', ours=True)
    assert body.count("<figure>") == 2
    assert "<figcaption>Boats at noon</figcaption>" in body


def test_a_gallery_without_numbers_shows_what_is_attached():
    assert cleaned("[gallery]", ours=True, attached_to=lambda post: ["5"] if post == "1" else []).count("<img") == 1


def test_a_gallery_of_pictures_that_the_file_does_not_name_is_told():
    found = text()
    assert found.clean('[gallery ids="77"]') == ""
    assert ("picture of a gallery that is not in the file", "number 77") in found.losses


def test_pictures_that_load_late_are_found():
    content = '<img src="data:image/gif;base64,R0lGOD" data-lazy-src="https://old.example.org/real.jpg" alt="Real">'
    assert cleaned(content) == '<p><a href="https://old.example.org/real.jpg">Real</a></p>'


def test_a_picture_pasted_into_the_text_is_told_without_printing_it():
    found = text()
    assert found.clean(f'a<img src="data:image/png;base64,{"iVBORw0K" * 800_000}">b') == "<p>ab</p>"
    assert found.losses == [("picture pasted into the text, left out", "")]


def test_a_text_beyond_all_reason_is_left_out_and_told():
    found = text()
    assert found.clean("word " * 800_001) == ""
    assert found.losses == [("text longer than four million characters, left out", "")]


def test_smileys_become_text_and_tracking_pixels_go():
    found = text()
    assert found.clean('Hi <img class="wp-smiley" src="https://s.w.org/1f600.png" alt="🙂"> there') == "<p>Hi 🙂 there</p>"
    assert found.clean('x<img src="https://pixel.example.org/t.gif" width="1" height="1">') == "<p>x</p>"
    assert [what for what, _ in found.losses] == ["tracking pixel"]


def test_a_picture_that_links_elsewhere_keeps_both_addresses():
    body = cleaned('<a href="https://example.org/shop"><img src="/a.jpg" alt="Book"></a>')
    assert 'href="https://example.org/shop"' in body
    assert 'href="https://old.example.org/a.jpg"' in body
