"""Files that a view takes: one, small, kept in memory only while the request lasts; every other view takes none."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

MOST_BYTES = 5_000_000

View = Callable[..., HttpResponse]


class OneSmallFile(FileUploadHandler):
    """Keeps the first file up to one byte more than a file may have, so that a form can say that it is too large."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.kept: BytesIO | None = None

    def new_file(self, *args: Any, **options: Any) -> None:
        if self.kept is not None:
            raise SkipFile
        super().new_file(*args, **options)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.kept is not None:
            self.kept.write(raw_data[: max(0, MOST_BYTES + 1 - self.kept.tell())])

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.kept is None:
            return None
        self.kept.seek(0)
        return InMemoryUploadedFile(
            file=self.kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def takes_a_file(view: View) -> View:
    """Let this view take one small file; put it below the check of the person's rights, who then alone can send one.

    The form's mark against forgery is checked here and not before: looking for it reads the body.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def prepared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [OneSmallFile(request)]
        return protected(request, *args, **kwargs)

    return prepared
