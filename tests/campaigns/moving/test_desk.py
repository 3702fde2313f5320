"""Moving in at the desk: upload, columns, trial, import by the worker."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from campaigns import movings
from campaigns.checking import differences
from campaigns.models import Donation, MoveIn, MoveInPart, Pledge
from newsroom.models import AuditEntry
from tests.campaigns.moving.exports import GIVEWP, STRIPE, SUBSCRIPTIONS, written
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
HOME = "/admin/campaigns/movein/"


def signed_in(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def upload(client: Client, path: Path, kind: str = "gifts", system: str = ""):
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(f"{HOME}upload/", {"kind": kind, "system": system, "file": file})


def columns_of(move_in: MoveIn, **overrides: str) -> dict[str, str]:
    return {f"of_{name}": str(column) for name, column in move_in.columns.items()} | overrides


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_file_goes_from_upload_to_the_books(fundraiser, tmp_path, run_jobs):
    response = upload(fundraiser, written(tmp_path / "give.csv", GIVEWP, {}, {"Donation ID": "9", "Payment Mode": "test"}))
    move_in = MoveIn.objects.get()
    assert response.headers["Location"] == f"{HOME}{move_in.pk}/columns/"
    page = text(fundraiser, f"{HOME}{move_in.pk}/columns/")
    assert '<option value="9" selected>Donation Total: 25.00</option>' in page

    fundraiser.post(f"{HOME}{move_in.pk}/columns/", columns_of(move_in))
    assert fundraiser.get(f"{HOME}{move_in.pk}/change/").headers["Refresh"] == "3"
    assert run_jobs() == ["campaigns.move_in"]
    page = text(fundraiser, f"{HOME}{move_in.pk}/change/")
    assert "What would be imported" in page
    assert "2024 EUR: 1 gift, €25" in page
    assert "Left out, made in test mode: 1" in page
    assert not Donation.objects.exists()

    fundraiser.post(f"{HOME}{move_in.pk}/import/")
    assert run_jobs() == ["campaigns.move_in"]
    page = text(fundraiser, f"{HOME}{move_in.pk}/change/")
    assert "What was imported" in page
    assert (Donation.objects.count(), MoveInPart.objects.count()) == (1, 0)
    assert [(entry.deed, entry.user is not None) for entry in AuditEntry.objects.exclude(deed="looked at").order_by("pk")] == [
        ("uploaded", True), ("imported", True),
    ]  # fmt: skip
    assert differences() == []


def test_pressed_twice_it_is_imported_once(fundraiser, tmp_path, run_jobs):
    move_in = tried(fundraiser, written(tmp_path / "give.csv", GIVEWP, {}), run_jobs)
    for _ in range(2):
        fundraiser.post(f"{HOME}{move_in.pk}/import/")
    run_jobs()
    fundraiser.post(f"{HOME}{move_in.pk}/import/")
    assert (run_jobs(), Donation.objects.count()) == ([], 1)


def tried(client: Client, path: Path, run_jobs, **fields: str) -> MoveIn:
    upload(client, path)
    move_in = MoveIn.objects.get()
    client.post(f"{HOME}{move_in.pk}/columns/", columns_of(move_in) | fields)
    run_jobs()
    return MoveIn.objects.get()


def test_a_worker_that_died_is_followed_by_one_that_goes_on(fundraiser, tmp_path, run_jobs, monkeypatch):
    monkeypatch.setattr("campaigns.moving.flow.BATCH", 2)
    rows = [{"Donation ID": str(number), "_give_payment_transaction_id": ""} for number in range(5)]
    move_in = tried(fundraiser, written(tmp_path / "give.csv", GIVEWP, *rows), run_jobs)
    MoveIn.objects.update(status="running")

    def dies(*args, **kwargs):
        if Donation.objects.count() == 2:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    from campaigns.giving import taking_over

    real = taking_over.take_over
    monkeypatch.setattr(taking_over, "take_over", dies)
    with pytest.raises(KeyboardInterrupt):
        movings.work(MoveIn.objects.get(), at=NOON)
    assert MoveIn.objects.get().rows_done == 2
    monkeypatch.setattr(taking_over, "take_over", real)
    movings.work(MoveIn.objects.get(), at=NOON)
    done = MoveIn.objects.get()
    assert (done.status, done.told["rows"], done.told["known"], Donation.objects.count()) == ("done", 5, 0, 5)
    assert move_in.pk == done.pk


def test_another_column_may_be_chosen(fundraiser, tmp_path, run_jobs):
    path = tmp_path / "x.csv"
    path.write_text("Donation ID,Donation Total,Really,Donation Date,Currency Code\n1,5.00,7.00,2024-01-02,EUR\n")
    move_in = tried(fundraiser, path, run_jobs, of_amount="2")
    assert move_in.tried["sums"] == {"2024 EUR": 700}


def test_a_column_that_is_needed_is_asked_for(fundraiser, tmp_path):
    upload(fundraiser, written(tmp_path / "give.csv", GIVEWP, {}))
    move_in = MoveIn.objects.get()
    page = fundraiser.post(f"{HOME}{move_in.pk}/columns/", columns_of(move_in, of_amount="")).content.decode()
    assert "This field is required." in page


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"PK\x03\x04", "save the table as CSV"), (b"a,b\n1,2\n", "It is not known whose")]
)
def test_a_file_that_is_no_export_is_refused_and_not_kept(fundraiser, tmp_path, content, sentence):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert sentence in upload(fundraiser, path).content.decode()
    assert not MoveIn.objects.exists()
    assert not MoveInPart.objects.exists()


def test_what_a_file_says_is_never_markup(fundraiser, tmp_path, run_jobs):
    row = {"Donation Total": "<script>alert(1)</script>", "Donation Status": "<b>x"}
    move_in = tried(fundraiser, written(tmp_path / "give.csv", GIVEWP, row, {"Donation Total": "<script>"}), run_jobs)
    assert "<script>alert" not in text(fundraiser, f"{HOME}{move_in.pk}/change/")


def test_regular_gifts_are_started_only_when_the_old_system_is_off(fundraiser, tmp_path, run_jobs, settings):
    settings.PROCESSORS = settings.PROCESSORS | {"stripe": ("tests.campaigns.doubles.Keyless", {})}
    campaign = make_campaign()
    upload(fundraiser, written(tmp_path / "pay.csv", STRIPE, {}))
    upload(fundraiser, written(tmp_path / "subs.csv", SUBSCRIPTIONS, {}), kind="pledges")
    for move_in in MoveIn.objects.order_by("pk"):
        fields = columns_of(move_in, campaign=str(campaign.pk))
        assert fundraiser.post(f"{HOME}{move_in.pk}/columns/", fields).status_code == 302
        run_jobs()
        fundraiser.post(f"{HOME}{move_in.pk}/import/")
        run_jobs()
    assert Pledge.objects.get().status == "paused"
    assert "Start imported regular gifts" in text(fundraiser, HOME)
    assert "charged twice" in fundraiser.post(f"{HOME}start/").content.decode()
    assert Pledge.objects.get().status == "paused"
    fundraiser.post(f"{HOME}start/", {"old_is_off": "yes"})
    assert Pledge.objects.get().status == "active"


def test_the_list_offers_the_upload(fundraiser):
    assert f"{HOME}upload/" in text(fundraiser, HOME)


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_a_stranger_sees_and_does_nothing(group, fundraiser, tmp_path, run_jobs):
    move_in = tried(fundraiser, written(tmp_path / "give.csv", GIVEWP, {}), run_jobs)
    stranger = signed_in(group)
    for page in ["", "upload/", "start/", *(f"{move_in.pk}/{name}/" for name in ("columns", "change", "import"))]:
        assert stranger.get(f"{HOME}{page}").status_code == 403, page
        if page:
            assert stranger.post(f"{HOME}{page}", {"old_is_off": "yes"}).status_code == 403, page
    assert MoveIn.objects.get().status == "tried"


@pytest.mark.parametrize("files", [1, 3])
def test_the_list_costs_the_same_at_one_file_and_at_three(fundraiser, tmp_path, files, django_assert_num_queries):
    for _ in range(files):
        upload(fundraiser, written(tmp_path / "give.csv", GIVEWP, {}))
    with django_assert_num_queries(7):
        fundraiser.get(HOME)
