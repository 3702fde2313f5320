"""The newsroom's groups, filled by each app's own migration. Used in migrations only."""

from collections.abc import Iterable
from typing import Any

GROUPS = ("Writer", "Editor", "Fundraiser", "Administrator")


def grant(apps: Any, app_label: str, grants: dict[str, dict[str, Iterable[str]]]) -> None:
    """Give groups permissions: {"Editor": {"article": ["add", "change", "publish"]}}.

    A migration runs before Django has made the permission rows of a new model: they are made here, under the
    codenames Django would use, so that its own step afterwards finds them. Administrators get all that anybody gets.
    """
    group_model, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    content_type = apps.get_model("contenttypes", "ContentType")
    for name in GROUPS:
        group_model.objects.get_or_create(name=name)
    for group, models in grants.items():
        for model, actions in models.items():
            of_model, _ = content_type.objects.get_or_create(app_label=app_label, model=model)
            for action in actions:
                codename = f"{action}_{model}"
                row, _ = permission.objects.get_or_create(
                    content_type=of_model, codename=codename, defaults={"name": f"Can {action} {model}"}
                )
                for holder in {group, "Administrator"}:
                    group_model.objects.get(name=holder).permissions.add(row)
