from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = "Newsroom"


class PeopleConfig(AuthConfig):
    verbose_name = "People"


class DeskConfig(AdminConfig):
    default_site = "newsroom.desk.Desk"
