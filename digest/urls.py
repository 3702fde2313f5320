from datetime import date

from django.urls import path, re_path, register_converter

from digest import views

app_name = "digest"


class Day:
    """2026-11-23. A day that the calendar does not have is no address of ours."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(Day, "day")

urlpatterns = [
    path("digest/", views.digest, name="digest"),
    path("digest/<day:day>/", views.edition, name="edition"),
    re_path(r"^digest/(?P<year>[12][0-9]{3})/$", views.year, name="year"),
    path("digest/confirm/<str:token>/", views.confirm, name="confirm"),
    path("digest/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("digest/preferences/<str:token>/", views.preferences, name="preferences"),
]
