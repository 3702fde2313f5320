"""Pictures as the desk shows them."""

from django import template

from articles.admin import thumbnails

register = template.Library()
register.filter("small_picture", thumbnails.small)
