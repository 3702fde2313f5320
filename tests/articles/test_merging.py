"""Two people changed one text: nobody's words are lost."""

from hypothesis import given
from hypothesis import strategies as st

from articles.contents import LABELS, Content
from articles.merging import merge

BASE = Content(headline="Harbour", standfirst="It is shut.", body="<p>Text.</p>", tags=("Port", "Sea"), authors=(1, 2), section=3)


def test_fields_that_one_side_changed_are_put_together():
    merged = merge(BASE, BASE.with_changes(headline="Mine"), BASE.with_changes(standfirst="Theirs", section=4))
    assert (merged.clashes, merged.taken) == ([], ["standfirst", "section"])
    assert merged.merged == BASE.with_changes(headline="Mine", standfirst="Theirs", section=4)


def test_of_a_field_that_both_changed_mine_stays_and_theirs_is_given_beside():
    merged = merge(BASE, BASE.with_changes(body="<p>Mine</p>"), BASE.with_changes(body="<p>Theirs</p>"))
    assert (merged.clashes, merged.merged.body, merged.theirs.body) == (["body"], "<p>Mine</p>", "<p>Theirs</p>")


def test_what_both_changed_alike_is_no_clash():
    same = BASE.with_changes(headline="Both")
    assert merge(BASE, same, same).clashes == []
    assert merge(BASE, same, same).merged == same


def test_tags_are_put_together_one_by_one():
    mine, theirs = BASE.with_changes(tags=("Port", "Courts")), BASE.with_changes(tags=("port", "Sea", "Water"))
    merged = merge(BASE, mine, theirs)
    assert [name.lower() for name in merged.merged.tags] == ["courts", "port", "water"]
    assert merged.clashes == []


word = st.sampled_from(["", "a", "b", "c"])
content = st.builds(
    Content, headline=word, standfirst=word, body=word, tags=st.sets(word).map(tuple), section=st.sampled_from([None, 1, 2])
)


@given(base=content, mine=content, theirs=content)
def test_no_change_of_either_side_is_dropped(base, mine, theirs):
    merged = merge(base, mine, theirs)
    for name in LABELS.keys() - {"tags"}:
        before, my, their, now = (getattr(each, name) for each in (base, mine, theirs, merged.merged))
        if my != before and their != before and my != their:
            assert name in merged.clashes
            assert (now, getattr(merged.theirs, name)) == (my, their)
        elif my != before:
            assert now == my
        else:
            assert now == their
