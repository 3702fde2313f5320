from django.contrib import admin
from django.urls import include, path, re_path

from newsroom import health, media

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/campaigns/", include("campaigns.admin.urls")),
    path("admin/account/", include("newsroom.people.urls")),
    path("admin/", admin.site.urls),
    re_path(r"^media/(?P<path>.+)$", media.serve, name="media"),
    path("", include("digest.urls")),
    path("", include("campaigns.urls")),
    path("", include("articles.urls")),
]

# Whatever no page answers may be a former address of one.
handler404 = "articles.views.missing"
handler400 = "newsroom.bodies.not_understood"
handler429 = "newsroom.people.views.signing_in.too_many"  # allauth looks for it
handler500 = "newsroom.unavailable.server_error"
