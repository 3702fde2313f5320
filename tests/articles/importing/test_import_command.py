import os
import re
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles.importing import storing, wordpress
from articles.importing.preparing import Preparer
from articles.models import Article, FormerAddress, ImportedObject
from newsroom import postgres
from tests.articles.importing.samples import author, export, item, written

ROOT = Path(__file__).resolve().parents[3]


def told(*arguments: object, **options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("import_wordpress", *map(str, arguments), stdout=out, stderr=err, **options)
    except CommandError as error:
        err.write(f"CommandError: {error}")
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_it_ends_with_one_line_that_says_what_came(tmp_path):
    path = written(tmp_path, export(author("ana", "Ana Ruiz"), item(1), item(2, status="draft")))
    out, err = told(path)
    assert out.splitlines()[-1].startswith(
        "export.xml: imported 2 articles (1 published), 1 author, 1 section, 0 tags, 0 pictures; 0 were here already."
    )
    assert err == ""


@pytest.mark.django_db
def test_a_file_that_is_refused_does_not_keep_the_others_out(tmp_path):
    good = written(tmp_path, export(item(1)), "good.xml")
    bad = written(tmp_path, "<rss><channel>\n<item>", "bad.xml")
    out, err = told(bad, good, tmp_path / "none.xml", tmp_path)
    assert Article.objects.count() == 1
    assert out.splitlines()[-1] == "1 of 4 files gave 1 article."
    assert "bad.xml: refused: line 2: the file ends inside <item> (begun on line 2): it has been cut off." in err
    assert "none.xml: cannot be read: No such file or directory." in err
    assert f"{tmp_path.name}: cannot be read: Is a directory." in err
    assert "CommandError: 3 of 4 files not imported: bad.xml, none.xml, " in err


@pytest.mark.django_db
def test_a_broken_file_leaves_nothing_behind(tmp_path):
    text = export(author("ana"), *(item(number) for number in range(1, 1500)))
    told(written(tmp_path, text.replace("</channel>", "</chanel>")))
    assert not Article.objects.exists()
    assert not ImportedObject.objects.exists()


@pytest.mark.django_db
def test_a_dry_run_says_so(tmp_path):
    out, _ = told(written(tmp_path, export(item(1))), dry_run=True)
    assert "would import 1 article (1 published)" in out
    assert not Article.objects.exists()


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_told(tmp_path):
    _, err = told(written(tmp_path, export(item(1))), media_root=tmp_path / "none")
    assert err == f"CommandError: There is no folder {tmp_path / 'none'}."


@pytest.mark.django_db
def test_an_encoding_can_be_named(tmp_path):
    text = export(item(1, title="Новости")).replace('encoding="UTF-8"', "").encode("cp1251")
    told(written(tmp_path, text), encoding="windows-1251")
    assert Article.objects.get().headline == "Новости"


@pytest.mark.django_db
def test_an_interruption_is_told_and_the_next_run_goes_on(tmp_path, monkeypatch):
    path = written(tmp_path, export(*(item(number) for number in range(1, 31))))
    monkeypatch.setattr(wordpress, "BATCH", 10)
    stored, calls = storing.store, []

    def interrupted(source, batch):
        calls.append(batch)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return stored(source, batch)

    monkeypatch.setattr(storing, "store", interrupted)
    _, err = told(path)
    assert "Interrupted. What was imported stays" in err
    assert Article.objects.count() == 20
    monkeypatch.setattr(storing, "store", stored)
    out, _ = told(path)
    assert "imported 10 articles (10 published)" in out
    assert "20 were here already" in out
    assert Article.objects.count() == 30
    assert FormerAddress.objects.filter(article__isnull=False).count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_killed_is_simply_run_again(tmp_path):
    path = written(tmp_path, export(*(item(number, content="<p>Some words.</p>" * 50) for number in range(1, 1601))))
    name = connection.settings_dict["NAME"]
    url = re.sub(r"@/\w+", f"@/{name}", postgres.url(Path(os.environ["NEWSROOM_VAR"])))
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "localhost"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "import_wordpress", path], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not Article.objects.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = Article.objects.count()
    assert 0 < before < 1600
    assert before % wordpress.BATCH == 0
    out, _ = told(path)
    assert f"{before:,} were here already" in out
    assert Article.objects.count() == 1600
    assert Article.objects.filter(search=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_are_one_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(wordpress, "PATIENCE", 0.3)
    path = written(tmp_path, export(item(1)))
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('newsroom import', 0))")
        _, err = told(path)
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended('newsroom import', 0))")
    other.close()
    assert "Another import is running. Wait until it has ended." in err
    assert not Article.objects.exists()


@pytest.mark.django_db
def test_progress_is_shown_on_a_terminal_only(tmp_path):
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    err = Terminal()
    call_command("import_wordpress", str(written(tmp_path, export(item(1)))), stdout=StringIO(), stderr=err)
    assert re.search(r"export\.xml: \d+ %", err.getvalue())


@pytest.mark.django_db
@pytest.mark.parametrize("more", [{}, {"traceback": True}])
def test_an_error_that_nobody_foresaw_is_told_in_a_sentence_and_keeps_no_other_file_out(tmp_path, monkeypatch, more):
    prepared = Preparer.prepared

    def fails(preparer, each):
        if each.title == "Bad":
            raise UnicodeError("surrogates")
        return prepared(preparer, each)

    monkeypatch.setattr(Preparer, "prepared", fails)
    bad = written(tmp_path, export(item(1), item(2, title="Bad")), "bad.xml")
    out, err = told(bad, written(tmp_path, export(item(3)), "good.xml"), **more)
    assert [article.headline for article in Article.objects.all()] == ["Headline 3"]
    assert out.splitlines()[-1] == "1 of 2 files gave 1 article."
    assert "bad.xml: stopped by an error that was not foreseen (UnicodeError; --traceback shows where)." in err
    assert "CommandError: 1 of 2 files not imported: bad.xml." in err
    assert ("Traceback" in err) == bool(more)
