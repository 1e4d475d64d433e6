"""Fetches a weights file: a short wait, a progress bar, a hash check, then the move in place."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import tempfile
import threading
import urllib.request
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlparse

from rich.console import Console
from rich.progress import DownloadColumn, Progress, TimeRemainingColumn

CHUNK = 1 << 20


class DownloadError(Exception):
    """The file could not be had; the message says why in a few words."""


def download(url: str, path: Path, *, sha256: str, timeout: float) -> None:
    """Downloads ``url`` to ``path``, which appears whole or not at all.

    Args:
        url: where the file is.
        path: where it goes; its folder is made.
        sha256: how the file's hash must begin.
        timeout: seconds without an answer after which it is given up.

    Raises:
        DownloadError: no network, no such file, another hash, or no place to put it.
    """
    part: Path | None = None
    try:
        with _open(url, timeout) as response:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
            part = Path(name)
            digest = _copy(response, handle, path.name)
        if not digest.startswith(sha256):
            raise DownloadError(f"sha256 {digest[:16]}... instead of {sha256[:16]}...")
        part.replace(path)
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(str(error) or type(error).__name__) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _open(url: str, timeout: float) -> HTTPResponse:
    """Opens the url; a thread looks the name up first: a socket's timeout does not cover that."""
    # Behind a proxy, or in a file, there is no name that this machine would have to look up.
    host = urlparse(url).hostname
    proxied = urlparse(url).scheme in urllib.request.getproxies()
    if host is not None and not proxied:
        failure: list[OSError] = []

        def look_up() -> None:
            try:
                socket.getaddrinfo(host, None)
            except OSError as error:
                failure.append(error)

        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(timeout)
        if thread.is_alive():
            raise DownloadError(f"no answer within {timeout:g} s on where {host} is")
        if failure:
            raise failure[0]
    response: HTTPResponse = urllib.request.urlopen(url, timeout=timeout)
    return response


def _copy(response: HTTPResponse, handle: int, label: str) -> str:
    """Copies the answer into the open file, showing progress; returns the sha256."""
    digest = hashlib.sha256()
    length = response.headers.get("Content-Length")
    columns = ("{task.description}", DownloadColumn(), TimeRemainingColumn())
    with (
        os.fdopen(handle, "wb") as file,
        Progress(*columns, console=Console(stderr=True)) as progress,
    ):
        task = progress.add_task(f"Downloading {label}", total=int(length) if length else None)
        while chunk := response.read(CHUNK):
            file.write(chunk)
            digest.update(chunk)
            progress.advance(task, len(chunk))
    return digest.hexdigest()
