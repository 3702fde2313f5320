from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.signals import user_logged_in


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = "Newsroom"

    def ready(self) -> None:
        import_module("newsroom.checks")  # they register themselves
        user_logged_in.connect(import_module("newsroom.people.sessions").begun)
        apps.get_app_config("auth").verbose_name = "People"  # what the desk calls them


class DeskConfig(AdminConfig):
    default_site = "newsroom.desk.Desk"
