import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.importing import decoding
from articles.importing.decoding import Notes, Refused, detect, text_of


def decoded(tmp_path, data: bytes, encoding: str = "") -> tuple[str, Notes]:
    path, notes = tmp_path / "file.xml", Notes()
    path.write_bytes(data)
    return "".join(text_of(path, notes, encoding)), notes


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "utf-8"),
    ],
)
def test_unicode_is_known_by_its_bytes(tmp_path, mark, encoding):
    text, notes = decoded(tmp_path, mark + "<rss>Größe 新聞 😀</rss>".encode(encoding))
    assert text == "<rss>Größe 新聞 😀</rss>"
    assert notes.found == {}


@pytest.mark.parametrize(
    ("declared", "codec", "words"),
    [
        ("ISO-8859-1", "cp1252", "“Größe” – café"),
        ("windows-1251", "cp1251", "Новости недели"),
        ("KOI8-R", "koi8-r", "Новости"),
        ("Shift_JIS", "cp932", "日本語のニュース"),
        ("EUC-JP", "euc_jp", "日本語"),
        ("GB2312", "gb18030", "新闻与言论"),
        ("Big5", "big5", "新聞"),
        ("EUC-KR", "cp949", "뉴스"),
        ("windows-1256", "cp1256", "أخبار"),
        ("ISO-8859-2", "iso8859-2", "Zażółć gęślą"),
    ],
)
def test_a_declared_encoding_is_used(tmp_path, declared, codec, words):
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    text, notes = decoded(tmp_path, (head + words).encode(codec))
    assert text == head + words
    assert notes.found == {}


def test_the_bytes_outrank_a_declaration_that_cannot_be_true(tmp_path):
    text, _ = decoded(tmp_path, '<?xml version="1.0" encoding="utf-16"?><rss>é</rss>'.encode())
    assert text.endswith("<rss>é</rss>")


@pytest.mark.parametrize("name", ["rot13", "utf-7", "zlib", "unicode_escape", "idna", "klingon", "raw-unicode-escape"])
def test_an_encoding_that_is_none_is_refused(name):
    with pytest.raises(Refused, match=name):
        detect(f'<?xml version="1.0" encoding="{name}"?>'.encode())


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9"])
def test_an_archive_is_to_be_unpacked_first(magic):
    with pytest.raises(Refused, match="Unpack it first"):
        detect(magic + b"rest")


def test_a_few_stray_bytes_are_read_as_windows_1252_and_told(tmp_path):
    text, notes = decoded(tmp_path, b"line one\ncaf\xe9 \x93quoted\x94 and caf\xc3\xa9")
    assert text == "line one\ncafé “quoted” and café"
    assert notes.found == {"invalid bytes": (3, 2)}


def test_a_text_full_of_stray_bytes_is_refused_until_somebody_names_its_encoding(tmp_path):
    data = "Новости недели. ".encode("cp1251") * 100
    with pytest.raises(Refused, match="--encoding"):
        decoded(tmp_path, data)
    text, _ = decoded(tmp_path, data, "windows-1251")
    assert text == "Новости недели. " * 100


def test_surrogates_of_old_databases_become_the_character_they_mean(tmp_path):
    text, _ = decoded(tmp_path, "a😀b".encode("utf-16-le").decode("utf-16-le").encode() + b"\xed\xa0\xbd\xed\xb8\x80")
    assert text == "a😀b😀"


def test_characters_that_xml_forbids_are_left_out_and_counted(tmp_path):
    text, notes = decoded(tmp_path, b"a\x00b\x0bc\x1fd\te" + "\ufffe\uffff".encode())
    assert text == "abcd\te"
    assert notes.times("control characters") == 3


def test_all_line_ends_become_line_feeds(tmp_path):
    assert decoded(tmp_path, b"a\r\nb\rc\nd\r")[0] == "a\nb\nc\nd\n"


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), min_size=1), size=st.integers(1, 7))
def test_the_size_of_a_chunk_changes_nothing(tmp_path_factory, text, size):
    folder = tmp_path_factory.mktemp("chunks")
    text = "<rss>" + text
    before, decoding.CHUNK = decoding.CHUNK, size
    try:
        assert decoded(folder, text.encode())[0] == text
    finally:
        decoding.CHUNK = before


@given(data=st.binary())
def test_no_bytes_break_the_reader(tmp_path_factory, data):
    try:
        text, _ = decoded(tmp_path_factory.mktemp("bytes"), data)
    except Refused:
        return
    assert "\x00" not in text
    assert text.encode().decode() == text
