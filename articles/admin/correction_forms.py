"""What an editor types to tell readers of a correction, or of a retraction."""

from typing import Any

from django import forms

from articles import correcting
from articles.admin import words
from articles.admin.talk import name_of
from articles.models import Article, Comment, Correction

AREA = {"rows": 5}
KINDS = [(kind.value, kind.label) for kind in correcting.NOTES]


class WantedField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{name_of(obj.by)}, {words.moment(obj.at)}: “{' '.join(obj.text.split())[:200]}”"


class NoteForm(forms.Form):
    """`note`: one that stands already and is put otherwise."""

    kind = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect, initial=Correction.Kind.CORRECTION)
    text = forms.CharField(
        label="What readers are told",
        max_length=correcting.LONGEST,
        widget=forms.Textarea(attrs=AREA),
        help_text="What was wrong, and what is right: “An earlier version said there were three cranes. There are four.” "
        "The date is added. It cannot be rewritten later, only replaced by another note.",
    )
    place = forms.ChoiceField(
        label="Where it stands",
        choices=Correction.Place,
        widget=forms.RadioSelect,
        initial=Correction.Place.BOTTOM,
        help_text="Above the text where it changes what the article says.",
    )
    with_changes = forms.BooleanField(
        label="Publish the saved changes together with it",
        required=False,
        initial=True,
        help_text="What is saved over the article reaches readers at the same moment as the note.",
    )
    settles = WantedField(
        label="Asked for, and seen to by this",
        queryset=Comment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, article: Article, note: Correction | None = None, wanted: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = article.version
        asked = (
            Comment.objects.filter(article=article, kind=Comment.Kind.WANTED, done_at=None).select_related("by").order_by("pk")
        )
        self.fields["settles"].queryset = asked  # type: ignore[attr-defined]
        open_now = [str(pk) for pk in asked.values_list("pk", flat=True)]
        self.initial["settles"] = [pk for pk in open_now if pk == wanted] or (open_now if len(open_now) == 1 else [])
        if note or not article.has_changes:
            del self.fields["with_changes"]
        if note or not open_now:
            del self.fields["settles"]
        if note:
            self.initial.update(kind=note.kind, text=note.text, place=note.place)
            if note.kind == Correction.Kind.RETRACTION:
                del self.fields["kind"], self.fields["place"]


class RetractForm(forms.Form):
    reason = forms.CharField(
        label="Why, as readers are told",
        max_length=correcting.LONGEST,
        widget=forms.Textarea(attrs=AREA),
        help_text="What is wrong with it, who found out, and what becomes of it. It stands above the text, with today’s date.",
    )
    take_text = forms.ChoiceField(
        label="The text",
        choices=[
            ("stays", "stays to be read under the notice, as is usual"),
            ("goes", "is taken away with standfirst, summary and picture: where the law asks for it, or it does harm"),
        ],
        initial="stays",
        widget=forms.RadioSelect,
    )
