"""Pages of the desk that belong to no one table. Behind the desk's own door."""

from django.contrib import admin
from django.urls import path

from campaigns.admin.overview import export_view, overview_view

app_name = "giving_desk"

urlpatterns = [
    path("overview/", admin.site.admin_view(overview_view), name="overview"),
    path("export/", admin.site.admin_view(export_view), name="export"),
]
