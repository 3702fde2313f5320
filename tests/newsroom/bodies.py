"""Bodies of POSTs as nobody's browser sends them: (what it is, its Content-Type, its bytes)."""

LINE = "--b\r\n"
CODINGS = [
    *("idna", "punycode", "undefined", "hex", "rot13", "base64", "bz2", "zlib", "quopri", "uu", "unicode_escape", "oem", "mbcs"),
    *("raw_unicode_escape", "utf-7", "utf-16", "utf-32", "utf-8-sig", "latin-1", "cp1252", "no-such-coding", "x" * 4000, "é", ""),
    *("utf-8;charset=hex", "\"utf-8'", "utf_8", "UTF8", "us-ascii", "big5"),
]


def part(name: str, value: str = "a", more: str = "") -> str:
    return f'{LINE}Content-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


def whole(*parts: str) -> bytes:
    return ("".join(parts) + "--b--\r\n").encode("utf-8", "surrogateescape")


MULTIPART = "multipart/form-data; boundary=b"
# Django's request itself trips over these, before any middleware sees it.
BROKEN_TYPES = [
    f"{MULTIPART}; {parameter}"
    for parameter in ("charset*=undefined''utf-8", "charset*=idna''%ff", "charset*0*=idna''a; charset*1=b")
] + [f"text/plain; a={'a' * 20_000}"]
BODIES: list[tuple[str, str, bytes]] = [
    *((f"multipart as {coding[:20]}", f"{MULTIPART}; charset={coding}", whole(part("email"))) for coding in CODINGS),
    *((f"a form as {coding[:20]}", f"application/x-www-form-urlencoded; charset={coding}", b"email=a%FF") for coding in CODINGS),
    ("utf-8, then hex, by RFC 2231", f"{MULTIPART}; charset*=utf-8''hex", whole(part("email"))),
    ("hex by RFC 2231", f"{MULTIPART}; charset*=hex''zz", whole(part("email"))),
    ("no boundary", "multipart/form-data", whole(part("email"))),
    ("an empty boundary", 'multipart/form-data; boundary=""', whole(part("email"))),
    ("a strange boundary", "multipart/form-data; boundary=é\x7f", whole(part("email"))),
    ("a boundary of 5,000", f"multipart/form-data; boundary={'b' * 5000}", whole(part("email"))),
    ("two boundaries", f"{MULTIPART}; boundary=c", whole(part("email"))),
    ("broken off in a header", MULTIPART, b'--b\r\nContent-Disposition: form-data; name="em'),
    ("broken off in a file", MULTIPART, part("file", "a", '; filename="a.csv"').encode()[:-4]),
    ("a header of 100 kB", MULTIPART, whole(f"{LINE}X: {'a' * 100_000}\r\n" + part("email")[5:])),
    ("no name", MULTIPART, whole(f"{LINE}Content-Disposition: form-data\r\n\r\na\r\n")),
    ("a name in another coding", MULTIPART, whole(f"{LINE}Content-Disposition: form-data; name*=hex''zz\r\n\r\na\r\n")),
    ("a name in no coding", MULTIPART, whole(f"{LINE}Content-Disposition: form-data; name*=undefined''zz\r\n\r\na\r\n")),
    ("a name in idna", MULTIPART, whole(f"{LINE}Content-Disposition: form-data; name*=idna''%ff.\r\n\r\na\r\n")),
    ("half of a pair in a name", MULTIPART, whole(f"{LINE}Content-Disposition: form-data; name*=utf-16''%d8%00\r\n\r\na\r\n")),
    ("half of a pair, escaped", MULTIPART, whole(
        f"{LINE}Content-Disposition: form-data; name*=unicode_escape''%5cud800\r\n\r\na\r\n")),
    ("half of a pair in a file's name", MULTIPART, whole(
        f"{LINE}Content-Disposition: form-data; name=\"file\"; filename*=unicode_escape''%5cud800.csv\r\n\r\na\r\n")),
    ("NUL in a name", MULTIPART, whole(part("em\x00ail"), part("e\x00"))),
    ("no UTF-8", MULTIPART, b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\xfe\r\n--b--\r\n'),
    ("nested", MULTIPART, whole(f"{LINE}Content-Disposition: form-data; name=\"a\"\r\n"
                                "Content-Type: multipart/mixed; boundary=c\r\n\r\n"
                                "--c\r\nContent-Disposition: file; filename=\"a\"\r\n\r\na\r\n--c--\r\n")),
    ("bad base64", MULTIPART, whole(f"{LINE}Content-Disposition: form-data; name=\"a\"\r\n"
                                    "Content-Transfer-Encoding: base64\r\n\r\n===\r\n")),
    ("a file in bad base64", MULTIPART, whole(f"{LINE}Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"
                                              "Content-Transfer-Encoding: base64\r\n\r\n=a=\r\n")),
    ("a file's strange length", MULTIPART, whole(f"{LINE}Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"
                                                 "Content-Length: -5\r\nContent-Type: text/csv; charset=hex\r\n\r\na\r\n")),
    ("2,000 fields", MULTIPART, whole(*(part(f"f{n}") for n in range(2000)))),
    ("10,000 fields", "application/x-www-form-urlencoded", b"&".join(b"f%d=a" % n for n in range(10_000))),
    ("200 files", MULTIPART, whole(*(part(f"f{n}", "a", '; filename="a"') for n in range(200)))),
    ("6 MB", "application/x-www-form-urlencoded", b"a=" + b"a" * 6_000_000),
    ("no form at all", "application/json", b'{"a": '),
    ("no type", "", b"email=a"),
    ("a type that is none", "é/;;;=;", b"email=a"),
    ("a type of another kind", "multipart/mixed; boundary=b", whole(part("email"))),
    ("nothing", MULTIPART, b""),
]  # fmt: skip
NASTY = ["\x00", "a\x00b", "\ufffe", "𐏿" * 50, "9" * 400, "-1", "1e999", "٣", "\u202e", "a" * 100_000, "%00", "../..", "{{ a }}"]
