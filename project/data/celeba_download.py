"""Downloading CelebA from its authors' Google Drive, which often refuses."""

from __future__ import annotations

from pathlib import Path

from project.data.celeba_layout import DOWNLOAD, WAYS, find_faces, find_list
from project.errors import UserError

NEEDED = ("list_attr_celeba.txt", "list_eval_partition.txt", "img_align_celeba.zip")


def download_celeba(root: Path) -> None:
    """Downloads into ``root`` what of CelebA is not there yet (1.4 GB), checked by md5.

    The images stay zipped; they are read from the zip file.

    Raises:
        UserError: the download failed, with the other ways to get the files.
    """
    missing = [name for name in NEEDED if not _present(root, name)]
    if not missing:
        return
    try:
        # Imported late: torchvision takes seconds, and is the one that keeps the addresses.
        from torchvision.datasets import CelebA as Published
        from torchvision.datasets.utils import download_file_from_google_drive

        published = {name: (key, md5) for key, md5, name in Published.file_list}
        root.mkdir(parents=True, exist_ok=True)
        for name in missing:
            key, md5 = published[name]
            download_file_from_google_drive(key, root, name, md5)
    # No network, Google's daily quota, a page in place of the file, a full disk: one answer.
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UserError(
            f"CelebA could not be downloaded to {root} ({reason}). Google Drive limits how often "
            f"these files are fetched, so a later try may succeed. "
            f"{WAYS.replace(DOWNLOAD, '')}"
        ) from error


def _present(root: Path, name: str) -> bool:
    try:
        if name.endswith(".zip"):
            find_faces(root)
        else:
            find_list(root, Path(name).stem)
    except UserError:
        return False
    return True
