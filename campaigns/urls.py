from django.urls import include, path

from campaigns import views
from newsroom import converters as converters  # registers <part:…>

app_name = "campaigns"

urlpatterns = [
    path("campaigns/", views.listed, name="list"),
    path("campaigns/<part:slug>/", views.campaign, name="campaign"),
    path("campaigns/<part:slug>/<language:language>/", views.translated, name="translated"),
    path("campaigns/<part:slug>/progress.svg", views.progress_svg, name="progress_svg"),
    path("campaigns/<part:slug>/progress.png", views.progress_png, name="progress_png"),
    path("campaigns/<part:slug>/progress.json", views.progress_json, name="progress_json"),
    path("campaigns/<part:slug>/<language:language>/progress.svg", views.progress_svg, name="progress_svg"),
    path("campaigns/<part:slug>/<language:language>/progress.png", views.progress_png, name="progress_png"),
    path("campaigns/<part:slug>/<language:language>/progress.json", views.progress_json, name="progress_json"),
    path("campaigns/<part:slug>/<language:language>/embed/", views.embed, name="embed_in"),
    path("campaigns/<part:slug>/<language:language>/embed/<part:host>/", views.embed, name="embed_in_for"),
    path("campaigns/<part:slug>/embed/", views.embed, name="embed"),
    path("campaigns/<part:slug>/embed/<part:host>/", views.embed, name="embed_for"),
    path("campaigns/<part:slug>/thanks/", views.thanks, name="wall"),
    path("campaigns/<part:slug>/thanks/page/<number:number>/", views.thanks, name="wall_page"),
    path("donate/", views.donate, name="donate"),
    path("giving/", views.ask_for_link, name="giving"),
    path("giving/return/<uuid:token>/", views.returning, name="return"),
    path("giving/return/<uuid:token>/checkout/", views.checkout, name="checkout"),
    path("giving/return/<uuid:token>/transfer.svg", views.transfer_code, name="transfer_code"),
    path("giving/address/<str:token>/", views.new_address, name="new_address"),
    path("giving/renew/<str:token>/", views.renew, name="renew"),
    path("giving/waiting/<uuid:token>/", views.waiting_form, name="waiting_form"),
    path("giving/news/<str:token>/", views.news, name="news"),
    path("giving/<str:token>/", views.donor, name="donor"),
    path("giving/<str:token>/about-me/", views.details, name="own_details"),
    path("giving/<str:token>/about-me.json", views.everything, name="own_everything"),
    path("giving/<str:token>/erase-me/", views.erase, name="own_erase"),
    path("giving/<str:token>/receipts/<int:number>.pdf", views.receipt, name="own_receipt"),
    path("giving/<str:token>/statements/<int:year>-<int:entity>.pdf", views.statement, name="own_statement"),
    path("", include("campaigns.sandbox.urls")),
    path("processors/<slug:name>/events/", views.events, name="events"),
]
