"""Images one after the other: a GIF always, an MP4 where the package for it is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from project.replacing import replacing

NO_MP4 = "no MP4: it needs the package av (pip install 'little-data-gans[walk]')"


def save_gif(frames: NDArray[np.uint8], path: Path, per_second: int) -> None:
    """Writes ``N x C x H x W`` uint8 images as a GIF without end."""
    first, *others = [Image.fromarray(frame) for frame in as_rgb(frames)]
    with replacing(path) as temporary:
        first.save(
            temporary,
            format="GIF",
            save_all=True,
            append_images=others,
            duration=1000 // per_second,
            loop=0,
        )


def save_mp4(frames: NDArray[np.uint8], path: Path, per_second: int) -> bool:
    """Writes ``N x C x H x W`` uint8 images as an MP4 (H.264); False where nothing can encode it.

    Args:
        frames: of an even height and width, as the format wants it.
        path: of the file.
        per_second: how many are shown in a second.
    """
    try:
        import av
    except ImportError:
        return False
    _, _, height, width = frames.shape
    with replacing(path) as temporary, av.open(str(temporary), "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=per_second)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in as_rgb(frames):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        file.mux(stream.encode(None))
    return True


def as_rgb(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Returns ``N x C x H x W`` images of 1 or 3 channels as ``N x H x W x 3``."""
    three = frames if frames.shape[1] == 3 else frames.repeat(3, axis=1)
    return np.ascontiguousarray(three.transpose(0, 2, 3, 1))
