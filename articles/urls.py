from django.urls import path

from articles import views

app_name = "articles"

urlpatterns = [
    path("", views.front, name="front"),
    path("articles/<str:slug>/", views.article, name="article"),
    path("tags/<str:slug>/", views.tag, name="tag"),
    path("sections/<str:slug>/", views.section, name="section"),
    path("authors/<str:slug>/", views.author, name="author"),
]
