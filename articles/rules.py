"""Who may see and change which article. Every view, action and verb asks here.

An article is somebody's own who began it, signs it or has it assigned. Writers see their own, and change them until a
publisher approves them or lets them out; whoever may edit any article sees and changes all.
"""

from django.contrib.auth.models import AnonymousUser, User

from articles.models import Article, Byline, Status
from articles.models.articles import ArticleQuerySet

IN_THE_WRITERS_HANDS = {Status.DRAFT, Status.IN_REVIEW}


def may_edit_any(user: User | AnonymousUser) -> bool:
    return user.has_perm("articles.edit_any_article")


def may_publish(user: User | AnonymousUser | None) -> bool:
    """None stands for the newsroom itself."""
    return user is None or user.has_perm("articles.publish_article")


def may_see(user: User | AnonymousUser, article: Article) -> bool:
    return _sees_articles(user) and (may_edit_any(user) or is_own(user, article))


def _sees_articles(user: User | AnonymousUser) -> bool:
    return user.has_perm("articles.view_article") or user.has_perm("articles.change_article")


def may_change(user: User | AnonymousUser, article: Article) -> bool:
    if not user.has_perm("articles.change_article"):
        return False
    return may_edit_any(user) or (article.status in IN_THE_WRITERS_HANDS and is_own(user, article))


def may_delete(user: User | AnonymousUser, article: Article) -> bool:
    """What readers once saw is withdrawn, not deleted: its address says so for ever."""
    return user.has_perm("articles.delete_article") and article.published_at is None and may_change(user, article)


def is_own(user: User | AnonymousUser, article: Article) -> bool:
    if user.pk is None:
        return False
    return user.pk in {article.created_by_id, article.assigned_to_id} or article.bylines.filter(author__user=user.pk).exists()


def own_of(user: User | AnonymousUser) -> ArticleQuerySet:
    """An index for each part: a condition with “or” would look through every article."""
    began = Article.objects.filter(created_by=user.pk).order_by().values("pk")
    assigned = Article.objects.filter(assigned_to=user.pk).order_by().values("pk")
    signed = Byline.objects.filter(author__user=user.pk).order_by().values("article")
    return Article.objects.filter(pk__in=began.union(assigned, signed)) if user.pk else Article.objects.none()


def seen_by(user: User | AnonymousUser) -> ArticleQuerySet:
    if not _sees_articles(user):
        return Article.objects.none()
    return Article.objects.all() if may_edit_any(user) else own_of(user)


def may_arrange(user: User | AnonymousUser | None) -> bool:
    """The front page. None stands for the newsroom itself."""
    return user is None or user.has_perm("articles.change_frontpage")
