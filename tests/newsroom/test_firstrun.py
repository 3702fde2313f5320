"""What a trial prepares before it opens."""

import os

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from newsroom import firstrun


@pytest.fixture
def kept_elsewhere(settings) -> None:
    """The database is somebody else's: DATABASE_URL is set."""
    settings.TRIAL = False


def test_the_editor_signs_in_with_the_newest_password_only(db):
    assert firstrun.make_editor("first-password") == "editor"
    assert firstrun.make_editor("second-password") == "editor"
    assert authenticate(username="editor", password="first-password") is None
    assert authenticate(username="editor", password="second-password") == User.objects.get()


def test_the_editor_may_publish_and_see_gifts_and_is_no_superuser(db):
    firstrun.make_editor("password")
    editor = User.objects.get()
    assert editor.is_staff
    assert not editor.is_superuser
    assert set(editor.groups.values_list("name", flat=True)) == {"Editor", "Fundraiser"}
    assert editor.has_perm("articles.publish_article")


def test_an_editor_who_was_shut_out_by_mistake_can_sign_in_after_a_restart(db):
    firstrun.make_editor("password")
    User.objects.update(is_active=False, is_staff=False)
    firstrun.make_editor("password")
    assert authenticate(username="editor", password="password") == User.objects.get(is_staff=True)


def test_a_person_called_editor_is_left_alone_and_the_trial_has_another_name(db):
    person = User.objects.create_user("editor", "editor@news.example.org", "own-password", is_active=False)
    User.objects.create_user("editor-trial")
    before = User.objects.filter(pk=person.pk).values().get()
    assert firstrun.make_editor("password") == "editor-trial-2"
    assert firstrun.make_editor("newer-password") == "editor-trial-2"
    assert User.objects.filter(pk=person.pk).values().get() == before
    assert authenticate(username="editor-trial-2", password="newer-password") is not None


def test_a_trials_editor_whom_somebody_renamed_is_a_person_from_then_on(db):
    firstrun.make_editor("password")
    User.objects.update(username="maria")
    assert firstrun.make_editor("newer-password") == "editor"
    assert authenticate(username="maria", password="password") is not None


@pytest.mark.parametrize(
    "rank", [{"is_staff": True}, {"is_superuser": True}, {"is_staff": True, "is_active": False}], ids=["staff", "root", "shut"]
)
def test_where_people_sign_in_with_their_own_accounts_none_is_made_or_changed(db, kept_elsewhere, rank):
    User.objects.create_user("editor", "editor@news.example.org", "own-password", **rank)
    before = list(User.objects.values())
    assert firstrun.make_editor("password") == ""
    assert list(User.objects.values()) == before


def test_a_database_kept_elsewhere_without_staff_gets_a_sign_in_with_a_new_password_each_time(db, kept_elsewhere):
    shut = User.objects.create_user("editor", is_active=False)
    assert firstrun.make_editor("first-password") == "editor-trial"
    assert firstrun.make_editor("second-password") == "editor-trial"
    assert authenticate(username="editor-trial", password="second-password") is not None
    shut.refresh_from_db()
    assert (shut.is_active, shut.is_staff) == (False, False)


def test_a_database_with_a_user_or_an_article_is_not_empty(db):
    assert firstrun.is_empty()
    User.objects.create(username="somebody")
    assert not firstrun.is_empty()


def test_demo_content_comes_whole_or_not_at_all(db, monkeypatch):
    def half(name, **options):
        User.objects.create(username="half of it")
        raise RuntimeError("killed")

    monkeypatch.setattr(firstrun, "call_command", half)
    with pytest.raises(RuntimeError, match="killed"):
        firstrun.load_demo()
    assert firstrun.is_empty()


def test_static_files_are_collected_again_only_when_one_changed(settings, tmp_path, monkeypatch):
    source, settings.STATIC_ROOT = tmp_path / "source", tmp_path / "static"
    source.mkdir()
    (source / "page.css").write_text("p {}")
    settings.STATICFILES_DIRS = [source]
    collected: list[str] = []
    real = firstrun.call_command

    def count(name: str, **options: object) -> None:
        collected.append(name)
        real(name, **options)

    monkeypatch.setattr(firstrun, "call_command", count)

    firstrun.collect_static()
    firstrun.collect_static()
    assert len(collected) == 1
    assert (tmp_path / "static/page.css").read_text() == "p {}"

    (source / "page.css").write_text("p {color: red}")
    firstrun.collect_static()
    assert (tmp_path / "static/page.css").read_text() == "p {color: red}"


def test_an_interrupted_collection_is_done_again(settings, tmp_path):
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path / "static", [tmp_path / "source"]
    (tmp_path / "source").mkdir()
    (tmp_path / "source/page.css").write_text("p {}")
    firstrun.collect_static()
    os.unlink(tmp_path / "static.stamp")  # it is written last
    os.unlink(tmp_path / "static/page.css")
    firstrun.collect_static()
    assert (tmp_path / "static/page.css").exists()
