"""What the site of these tests tells: `python -m tests.deploy.content`, in its own database."""

import django

django.setup()

from articles import publishing  # noqa: E402
from articles.models import FormerAddress  # noqa: E402
from tests.factories import NOON, make_article, make_author, make_campaign, make_section, make_tag  # noqa: E402


def main() -> None:
    make_section("News", slug="news")
    tag = make_tag("Água viva", slug="água-viva")
    article = make_article(slug="one", tags=[tag], authors=[make_author("Ana", slug="ana")], body="<p>Ink on paper.</p>" * 50)
    FormerAddress.objects.create(path="/2019/05/one/", article=article)
    publishing.withdraw(make_article(slug="gone"), by=None, at=NOON)
    make_campaign(slug="press")


if __name__ == "__main__":
    main()
