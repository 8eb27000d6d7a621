"""No page takes a file: what is posted as one is read past."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client, RequestFactory


def test_S54_a_file_is_kept_nowhere_and_the_fields_beside_it_count() -> None:
    file = SimpleUploadedFile("bomb.bin", b"x" * 3_000_000)
    request = RequestFactory().post("/", {"name": "Ann", "file": file, "role": "viewer"})
    assert (request.POST, dict(request.FILES)) == (QueryDict("name=Ann&role=viewer"), {})


def test_S54_a_form_with_a_file_is_answered_as_one_without(db: None) -> None:
    file = SimpleUploadedFile("bomb.bin", b"x" * 3_000_000)
    answer = Client().post("/accounts/login/", {"login": "ann@example.com", "password": file})
    assert answer.status_code == 200
