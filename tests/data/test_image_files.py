from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from project.data.image_files import CorruptImageError, read_image, shorter_side


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def colour(pixels: np.ndarray) -> list[int]:
    return [int(c) for c in pixels[:, pixels.shape[1] // 2, pixels.shape[2] // 2]]


def sixteen_bits(value: int) -> Image.Image:
    return Image.fromarray(np.full((8, 8), value, np.uint16))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encoded(Image.new("L", (8, 8), 90), "PNG"), [90, 90, 90]),
        (encoded(Image.new("1", (8, 8), 1), "PNG"), [255, 255, 255]),
        (encoded(Image.new("RGBA", (8, 8), (200, 0, 0, 0)), "PNG"), [255, 255, 255]),
        (encoded(Image.new("RGBA", (8, 8), (200, 0, 0, 255)), "PNG"), [200, 0, 0]),
        (encoded(Image.new("LA", (8, 8), (10, 0)), "PNG"), [255, 255, 255]),
        (encoded(Image.new("L", (8, 8), 10), "PNG", transparency=10), [255, 255, 255]),
        (encoded(Image.new("RGB", (8, 8), (9, 99, 199)).quantize(4), "PNG"), [9, 99, 199]),
        (encoded(sixteen_bits(65535), "PNG"), [255, 255, 255]),
        (encoded(sixteen_bits(257 * 100), "PNG"), [100, 100, 100]),
        (encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "TIFF"), [255, 0, 0]),
    ],
)
def test_every_mode_becomes_rgb(data: bytes, expected: list[int]) -> None:
    pixels = read_image(data, 4, 3)
    assert pixels.shape == (3, 4, 4)
    assert pixels.dtype == np.uint8
    assert colour(pixels) == expected


def test_grey_is_one_channel() -> None:
    pixels = read_image(encoded(Image.new("RGB", (8, 8), (255, 255, 255)), "PNG"), 4, 1)
    assert pixels.shape == (1, 4, 4)
    assert (pixels == 255).all()


def test_animated_gives_the_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), c) for c in ((255, 0, 0), (0, 0, 255))]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert colour(read_image(data, 4, 3)) == [255, 0, 0]


def test_the_orientation_in_the_file_is_honoured() -> None:
    image = Image.new("RGB", (8, 8), (0, 0, 0))
    image.paste((255, 255, 255), (0, 0, 8, 4))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: what was above lies on the right
    pixels = read_image(encoded(image, "PNG", exif=exif), 8, 3)[0]
    assert (pixels[:, 5:] == 255).all()
    assert (pixels[:, :3] == 0).all()


def test_the_centre_square_is_taken() -> None:
    image = Image.new("RGB", (30, 10), (255, 0, 0))
    image.paste((0, 255, 0), (10, 0, 20, 10))
    pixels = read_image(encoded(image, "PNG"), 5, 3)
    assert (pixels.reshape(3, -1).T == [0, 255, 0]).all()


def test_shrinking_is_antialiased() -> None:
    board = (np.indices((256, 256)).sum(0) % 2 * 255).astype(np.uint8)
    pixels = read_image(encoded(Image.fromarray(board), "PNG"), 32, 1).astype(int)
    assert abs(pixels - 127).max() <= 2


def test_a_large_jpeg_matches_the_same_picture_without_loss() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (512, 512), dtype=np.uint8)
    blurred = np.asarray(Image.fromarray(noise).filter(ImageFilter.GaussianBlur(2)))
    values = np.clip((blurred.astype(float) - 127) * 6 + 127, 0, 255)
    image = Image.fromarray(values.astype(np.uint8))
    exact = read_image(encoded(image, "PNG"), 64, 1).astype(int)
    drafted = read_image(encoded(image, "JPEG", quality=98), 64, 1).astype(int)
    assert abs(exact - drafted).max() <= 3


def noisy_jpeg() -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    return encoded(Image.fromarray(noise), "JPEG")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "0 bytes"),
        (b"hello, I am text", "not an image"),
        (noisy_jpeg()[:1500], "truncated"),
        (encoded(Image.new("RGB", (64, 64)), "PNG")[:-40], ""),
        (encoded(Image.fromarray(np.ones((8, 8), np.float32)), "TIFF"), "floating-point"),
        (encoded(Image.fromarray(np.full((8, 8), 1 << 20, np.int32)), "TIFF"), "16 bits"),
    ],
)
@pytest.mark.parametrize("from_file", [False, True])
def test_corrupt_files_are_named_with_a_reason(
    data: bytes, reason: str, from_file: bool, tmp_path: Path
) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(data)
    with pytest.raises(CorruptImageError, match=r"picture\.jpg: ") as caught:
        read_image(path if from_file else data, 8, 3, "picture.jpg")
    assert reason in caught.value.reason
    assert caught.value.reason


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(Image.new("1", (64, 64)), "PNG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(CorruptImageError, match="decompression bomb"):
        read_image(data, 8, 3)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(CorruptImageError, match="no regular file"):
        read_image(tmp_path / "pipe.png", 8, 3)
    assert shorter_side(tmp_path / "pipe.png") == 0


def test_a_missing_file_is_corrupt_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(CorruptImageError, match="No such file"):
        read_image(tmp_path / "gone.jpg", 8, 3)
