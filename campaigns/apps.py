from django.apps import AppConfig
from django.db.models.signals import pre_delete


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Campaigns and gifts"

    def ready(self) -> None:
        from articles.models import Section, Tag
        from articles.tagging import merging
        from campaigns import places

        merging.connect(places.follow)
        for model in (Section, Tag):
            pre_delete.connect(places.forget, sender=model)
