from django.contrib.admin import AdminSite


class Desk(AdminSite):
    """The stock admin under our name."""

    site_header = "Newsroom"
    site_title = "Newsroom"
    index_title = "Desk"
    enable_nav_sidebar = True
