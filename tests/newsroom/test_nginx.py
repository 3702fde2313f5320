from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from newsroom import nginx
from newsroom.pages import common


def run(folder) -> str:
    out = StringIO()
    call_command("nginx", str(folder), stdout=out)
    return out.getvalue()


def test_the_command_writes_what_nginx_has_to_say(tmp_path, settings):
    assert "Written to" in run(tmp_path / "newsroom")
    said = (tmp_path / "newsroom" / "pages.conf").read_text()
    assert 'add_header X-Frame-Options "DENY" always;' in said
    assert '    "text/html; charset=utf-8" html;' in said
    assert sorted(file.name for file in (tmp_path / "newsroom").iterdir()) == ["media.conf", "pages.conf", "static.conf"]


def test_a_second_time_there_is_nothing_to_write(tmp_path):
    run(tmp_path)
    assert run(tmp_path) == f"Everything in {tmp_path} is as it should be.\n"


def test_other_headers_mean_another_folder(settings):
    before = common.of_this_site().name
    settings.X_FRAME_OPTIONS = "SAMEORIGIN"
    assert common.of_this_site().name != before


def test_strict_transport_is_said_by_sites_with_https_alone(settings):
    settings.SECURE_HSTS_SECONDS = 60
    assert "Strict-Transport-Security" not in dict(common.protection())
    settings.SITE_URL = "https://news.example.org"
    assert dict(common.protection())["Strict-Transport-Security"] == "max-age=60"


def test_what_nginx_cannot_be_told_is_refused_in_a_sentence(tmp_path, settings):
    settings.X_FRAME_OPTIONS = "$deny"
    with pytest.raises(CommandError, match=r"nginx cannot be told “\$DENY”"):
        run(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="could not be written"):
        run(tmp_path / "file" / "newsroom")


def test_quotes_are_kept_from_ending_a_value():
    assert nginx.quoted('a "b" \\') == '"a \\"b\\" \\\\"'
