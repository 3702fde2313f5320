"""A cache in front, which only compares names, loses every page that the store loses."""

from hypothesis import example, given
from hypothesis import strategies as st

from newsroom.pages.edge import names
from newsroom.pages.keys import FIRST, LAST, Key
from newsroom.pages.store import Store

NOW = 1_795_435_200_000_000  # microseconds
MINUTE = 60_000_000
# Moments about now, at all distances that matter: within a span, some spans off, long ago.
moments = st.one_of(
    st.integers(NOW - 3 * MINUTE, NOW + 3 * MINUTE),
    st.integers(NOW - 100 * MINUTE, NOW),
    st.integers(NOW - 10**15, NOW + 10**15),
)
LISTS = ("list:a", "list:b")


def texts(moments: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    open_end = st.one_of(st.just(""), moments.map(str))
    closed = st.tuples(moments, moments).map(lambda ends: f"@{min(ends)}..{max(ends)}")
    stretches = st.one_of(closed, open_end.map("@{}..".format), open_end.map("@..{}".format))
    return st.builds(str.__add__, st.sampled_from(LISTS), st.one_of(st.just(""), stretches, moments.map("@{}".format)))


def the_store_purges(shown: set[str], touched: set[str]) -> bool:
    """The rule ON_PAGE of newsroom/pages/store.py."""
    return any(
        mine.name == theirs.name and mine.high >= theirs.low and mine.low <= theirs.high
        for mine in map(Key.of, shown)
        for theirs in map(Key.of, touched)
    )


@given(
    shown=st.sets(texts(moments), min_size=1, max_size=4),
    touched=st.sets(texts(moments), min_size=1, max_size=4),
    sent=st.integers(NOW - 10 * MINUTE, NOW + 10 * MINUTE),
    before=st.integers(-MINUTE, 10**15),
)
@example(shown={f"list:a@..{NOW}"}, touched={f"list:a@{NOW}"}, sent=NOW, before=-MINUTE)
@example(shown={f"list:a@..{NOW - names.SPAN}"}, touched={f"list:a@{NOW - names.SPAN * names.SPANS}"}, sent=NOW, before=0)
def test_what_the_store_purges_the_names_purge(shown, touched, sent, before):
    page = names.of_page(shown, at=sent - before)  # handed out no later than a minute after the purge was sent
    if the_store_purges(shown, touched):
        assert set(page) & set(names.of_touches(touched, at=sent))


@given(
    sent=st.integers(NOW, NOW + names.SPAN),
    after=st.integers(-90 * MINUTE, MINUTE),
    ended=st.integers(0, 90 * MINUTE),
    back=st.one_of(st.integers(0, 1000), st.integers(0, 90 * MINUTE)),
)
@example(sent=NOW + names.SPAN - 1, after=MINUTE, ended=MINUTE - 2, back=MINUTE)
@example(sent=NOW + names.SPAN, after=0, ended=3 * names.SPAN, back=0)
def test_a_stretch_that_holds_the_moment_is_always_hit(sent, after, ended, back):
    """As above, with nothing but hits: a page handed out about when the purge was sent, whose stretch had just ended."""
    handed_out = sent + after
    high = handed_out - ended
    touched = high - back
    page = names.of_page({f"list:a@{touched}..{high}"}, at=handed_out)
    assert set(page) & set(names.of_touches({f"list:a@{touched}"}, at=sent))


def test_the_rule_these_tests_believe_is_the_stores_own(tmp_path):
    """Not a copy that has grown old: the real store, over a grid of stretches."""
    from tests.newsroom.pages.test_store import keep

    store = Store(tmp_path / "pages")
    shown = [f"list:a{rest}" for rest in ("", "@..3", "@2..", "@2..4", "@5..9")]
    for touched in [f"list:a{rest}" for rest in ("", "@1", "@4", "@5", "@9", "@10", "@3..4", "@6..", "@..1")]:
        for number, key in enumerate(shown):
            keep(store, f"/{number}/", key)
        store.purge([touched])
        left = {shown[int(path.strip("/"))] for path in store.paths()}
        assert left == {key for key in shown if not the_store_purges({key}, {touched})}


@given(
    end=st.integers(NOW - 10**15, NOW - names.SPAN),
    later=st.integers(0, 10**15),
    seen=st.integers(names.SPAN + names.SETTLED, 10**15),
)
def test_a_new_entry_leaves_older_pages_alone(end, later, seen):
    """A page whose stretch ended a span before it was fetched and before the new entry."""
    entry = end + names.SPAN + later
    page = names.of_page({f"list:a@{end - 10 * MINUTE}..{end}"}, at=end + seen)
    assert not set(page) & set(names.of_touches({f"list:a@{entry}"}, at=entry + 1_000_000))


def test_a_new_entry_is_told_in_few_names():
    assert len(names.of_touches({f"list:a@{NOW}"}, at=NOW + 400_000)) <= 4
    assert names.of_touches({"article:12"}, at=NOW) == ["article:12", "article:12@", "crowded"]


def test_everything_is_one_name():
    assert names.of_touches({"everything", "article:1"}, at=NOW) == ["everything"]
    assert names.of_touches({"edge"}, at=NOW) == ["everything"]
    assert "everything" in names.of_page({"article:1"}, at=NOW)


def test_a_page_of_too_many_names_is_taken_by_every_purge():
    page = names.of_page({f"article:{number}" for number in range(2000)}, at=NOW)
    assert page == ["crowded", "everything"]
    assert set(page) & set(names.of_touches({"section:1"}, at=NOW))


@given(st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters="@"), min_size=1))
def test_a_name_may_stand_in_any_of_their_headers(text):
    (name,) = set(names.of_page({text}, at=NOW)) - {"everything"}
    assert name.isascii()
    assert not set(name) & set(' ,"')
    assert len(name) <= 130
    assert name in names.of_touches({text}, at=NOW)


def test_the_ends_of_time_are_no_trouble():
    assert "list:a" in names.of_page({f"list:a@{FIRST}..{LAST}"}, at=NOW)
    assert "list:a@" in names.of_touches({f"list:a@{FIRST}..{LAST}"}, at=NOW)
