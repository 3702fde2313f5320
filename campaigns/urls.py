from django.urls import include, path

from campaigns import views
from newsroom import converters as converters  # registers <part:…>

app_name = "campaigns"

urlpatterns = [
    path("campaigns/", views.listed, name="list"),
    path("campaigns/<part:slug>/", views.campaign, name="campaign"),
    path("campaigns/<part:slug>/progress.svg", views.progress_svg, name="progress_svg"),
    path("campaigns/<part:slug>/progress.png", views.progress_png, name="progress_png"),
    path("campaigns/<part:slug>/progress.json", views.progress_json, name="progress_json"),
    path("donate/", views.donate, name="donate"),
    path("giving/", views.ask_for_link, name="giving"),
    path("giving/return/<uuid:token>/", views.returning, name="return"),
    path("giving/return/<uuid:token>/checkout/", views.checkout, name="checkout"),
    path("giving/<str:token>/", views.donor, name="donor"),
    path("", include("campaigns.sandbox.urls")),
    path("processors/<slug:name>/events/", views.events, name="events"),
]
