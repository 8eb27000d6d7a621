"""What becomes of files that somebody posts: none is kept, however large, but where a view asks for one itself."""

from typing import NoReturn

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class RefuseFiles(FileUploadHandler):
    """Reads past every file, where Django's own handlers fill memory and disk even for whoever is signed out."""

    def new_file(self, *args: object, **kwargs: object) -> NoReturn:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None
