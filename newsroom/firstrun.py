"""What a trial needs before it opens: tables, static files, demo content in an empty database, an editor to sign in.

Run as `python -m newsroom.firstrun FILE`, with the editor's new password on standard input. The name that signs in with
it is written to the open file number FILE: nothing where people have accounts of their own.
"""

import hashlib
import itertools
import os
import sys
from collections.abc import Iterator

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.utils.crypto import salted_hmac

EDITOR = "editor"
OWN_SALT = "newsroom.firstrun.editor"


def main(told: int, password: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        django.setup()
        connection.ensure_connection()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database does not answer: {error}.")
    migrate()
    collect_static()
    if settings.DEMO and is_empty():
        load_demo()
    with open(told, "w") as answer:
        answer.write(make_editor(password))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def migrate() -> None:
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if steps:
        say(f"Bringing the database up to date ({steps} steps)")
    call_command("migrate", verbosity=0, interactive=False)


def collect_static() -> None:
    """Collect where a source file changed since the last whole collection; the stamp is written last."""
    stamp, now = settings.STATIC_ROOT.with_name("static.stamp"), static_sources()
    if stamp.exists() and stamp.read_text() == now and settings.STATIC_ROOT.is_dir():
        return
    say("Collecting style sheets, scripts and fonts")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(now)


def static_sources() -> str:
    """A word that changes when any static file does, or the way they are collected."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for line in sorted(_static_lines()):
        digest.update(line.encode())
    return digest.hexdigest()


def _static_lines() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            yield f"{path} {found.st_size} {found.st_mtime_ns}\n"


def is_empty() -> bool:
    """Whether nothing is there that a person or an import put there."""
    kept = [apps.get_model(name) for name in ("articles.Article", "campaigns.Campaign", "auth.User")]
    return not any(model._default_manager.exists() for model in kept)


def load_demo() -> None:
    """All of it or nothing: a run killed half-way leaves an empty database, and the next one begins anew."""
    say("Loading demo content")
    with transaction.atomic():
        call_command("demo", stdout=sys.stdout)


def make_editor(password: str) -> str:
    """One sign-in for an editor's and a fundraiser's work, with a new password each time; no superuser. Returns its name.

    The account of a person is never touched, open or shut. Where somebody else keeps the database (DATABASE_URL) and people
    sign in there already, no account is made or changed: "".
    """
    user_model, group = apps.get_model("auth.User"), apps.get_model("auth.Group")
    with transaction.atomic():
        if not settings.TRIAL and people_sign_in():
            return ""
        editor = user_model.objects.filter(made_here()).order_by("pk").first() or user_model(
            username=free_name(), first_name="Trial", last_name="Editor", email=own_address()
        )
        editor.is_staff = editor.is_active = True
        editor.set_password(password)
        editor.save()
        editor.groups.add(*group.objects.filter(name__in=["Editor", "Fundraiser"]))
    return str(editor.username)


def people_sign_in() -> bool:
    """Shut accounts count too: who shut them decides who comes in."""
    staff = apps.get_model("auth.User").objects.filter(Q(is_staff=True) | Q(is_superuser=True))
    return bool(staff.exclude(made_here()).exists())


def made_here() -> Q:
    return Q(email=own_address(), username__startswith=EDITOR)


def own_address() -> str:
    """By this e-mail address we know our own account again: nobody has it, and nobody guesses it without the secret key."""
    return f"{salted_hmac(OWN_SALT, 'own', algorithm='sha256').hexdigest()[:32]}@trial.invalid"


def free_name() -> str:
    names = itertools.chain([EDITOR, f"{EDITOR}-trial"], (f"{EDITOR}-trial-{number}" for number in itertools.count(2)))
    taken = set(apps.get_model("auth.User").objects.filter(username__startswith=EDITOR).values_list("username", flat=True))
    return next(name for name in names if name not in taken)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.stdin.readline().strip())
