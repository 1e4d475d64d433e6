"""Image files of any kind become ``C x size x size`` arrays, or are said to be corrupt."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

# A JPEG is decoded at a half, a quarter or an eighth where that still leaves this many times the
# wanted side: photographs load several times faster, and the resize after it sets the quality.
DRAFT_MARGIN = 4


class CorruptImageError(Exception):
    """A file that was taken for an image cannot be decoded.

    Attributes:
        name: the image's name.
        reason: why, in a few words.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


def read_image(
    source: str | Path | bytes, size: int, channels: int, name: str | None = None
) -> NDArray[np.uint8]:
    """Reads one picture: upright, its centre square, resized with antialiasing.

    Transparent pictures are laid over white, animated ones give their first frame, 16-bit ones
    are scaled to 8 bits.

    Args:
        source: a path, or the bytes of an image file.
        size: side of the result in pixels.
        channels: 3 for RGB, 1 for grey.
        name: how an error calls the picture; by default its path.

    Returns:
        ``channels x size x size``, uint8.

    Raises:
        CorruptImageError: the file is empty, truncated, too large or no image at all.
    """
    if name is None:
        name = "image" if isinstance(source, bytes) else str(source)
    try:
        # Pillow refuses truncated files and more than 179 million pixels unless told otherwise.
        with opened(source) as image:
            image.draft(None, (DRAFT_MARGIN * size, DRAFT_MARGIN * size))
            upright = ImageOps.exif_transpose(image)
            return square(to_eight_bits(upright, channels), size)
    except UnidentifiedImageError:
        empty = isinstance(source, bytes) and not source
        if not isinstance(source, bytes):
            empty = Path(source).stat().st_size == 0
        raise CorruptImageError(name, "0 bytes" if empty else "not an image") from None
    # A damaged file makes the decoders raise nearly anything: OSError, ValueError, SyntaxError,
    # struct.error, KeyError ... One bad file must be named, not end the program.
    except Exception as error:
        raise CorruptImageError(name, _first_line(error)) from error


def opened(source: str | Path | bytes) -> Image.Image:
    """Opens a picture, of which no more than the header is read.

    Raises:
        ValueError: it is a pipe or a device, which would be waited for.
        OSError: it is missing, or no picture.
    """
    if isinstance(source, bytes):
        return Image.open(io.BytesIO(source))
    if Path(source).exists() and not Path(source).is_file():
        raise ValueError("no regular file")
    return Image.open(source)


def shorter_side(source: Path | bytes) -> int:
    """Returns a picture's shorter side in pixels, 0 where it cannot be read."""
    try:
        with opened(source) as image:
            return min(image.size)
    # As above; a corrupt picture is named when it is decoded.
    except Exception:
        return 0


def to_eight_bits(image: Image.Image, channels: int) -> Image.Image:
    """Brings a picture of any mode to RGB (``channels`` 3) or L (``channels`` 1)."""
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64)
        if values.min() < 0 or values.max() > 65535:
            raise ValueError("more than 16 bits per pixel")
        # Of 32 bits, some programs write what was of 8.
        scale = 1 if image.mode == "I" and values.max() <= 255 else 257
        image = Image.fromarray(np.rint(values / scale).astype(np.uint8))
    if image.mode == "F":
        raise ValueError("floating-point pixels, whose range is unknown")
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper
    return image.convert("RGB" if channels == 3 else "L")


def square(image: Image.Image, size: int) -> NDArray[np.uint8]:
    """Cuts the centre square out of an RGB or L picture and resizes it with antialiasing.

    Bicubic, because the usual distances between image sets are defined on images resized so,
    and because it rings less along sharp edges than Lanczos.

    Returns:
        ``C x size x size``, uint8.
    """
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    # Cut first: resize's own box would let the pixels around it bleed into the edge.
    centre = image.crop((left, top, left + side, top + side))
    small = centre.resize((size, size), Image.Resampling.BICUBIC, reducing_gap=3.0)
    pixels = np.asarray(small, dtype=np.uint8)
    if pixels.ndim == 2:
        return pixels[None].copy()
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def identity(path: Path) -> str:
    """Says which version of which file this is: its whole path, bytes and time of change.

    Bitmaps of two folders are often of one name and length, and unpacked with one time.
    """
    try:
        status = path.stat()
    except OSError:
        return f"{path.absolute()}:unreadable"
    return f"{path.absolute()}:{status.st_size}:{status.st_mtime_ns}"


def _first_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error).splitlines() or [type(error).__name__])[0]
