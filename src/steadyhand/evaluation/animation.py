"""The animation of an episode: its cameras side by side, as a GIF small enough for a web page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steadyhand.evaluation.episode_record import EpisodeRecord, Frame

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 4_000_000
"""Largest file [bytes]."""

# Tried in this order until the file is small enough: frames per second, height of an image [px], colours.
_ATTEMPTS = ((10.0, 300, 128), (8.0, 240, 64), (6.0, 200, 64), (5.0, 160, 48), (4.0, 120, 32))
_CAPTION = 24
_LAST_FRAME = 1.5  # the end is shown this long before the animation begins again [s]


def write_animation(record: EpisodeRecord, path: Path, caption: str, *, largest: int = LARGEST) -> bool:
    """Write the cameras of an episode side by side, in real time.

    Args:
        record: The episode.
        path: GIF file to write.
        caption: Text under the images.
        largest: Largest file [bytes]; the frame rate and the size fall until it fits.

    Returns:
        False where a camera has no image; nothing is written then.
    """
    if not record.frames or not all(record.frames.values()):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    for rate, height, colours in _ATTEMPTS:
        times = _times(record, rate)
        pictures = [_picture(record, time, height, f"{caption}   {time - times[0]:4.1f} s") for time in times]
        _save(pictures, path, rate, colours)
        if path.stat().st_size <= largest:
            break
    return True


def nearest(frames: Sequence[Frame], time: float) -> NDArray[np.uint8]:
    """Return the newest image at or before a time, else the first, shape (height, width, 3), uint8."""
    stamps = np.array([frame.stamp for frame in frames])
    index = int(np.searchsorted(stamps, time, side="right")) - 1
    return frames[max(index, 0)].image


def _times(record: EpisodeRecord, rate: float) -> NDArray[np.float64]:
    first = max(frames[0].stamp for frames in record.frames.values())
    last = max(frames[-1].stamp for frames in record.frames.values())
    start, end = record.span
    first, last = max(first, start), min(last, end) if end > first else last
    return np.arange(first, max(last, first) + 1e-6, 1.0 / rate)


def _picture(record: EpisodeRecord, time: float, height: int, caption: str) -> Image:
    from PIL import Image, ImageDraw

    images = [Image.fromarray(nearest(frames, time)) for frames in record.frames.values()]
    images = [image.resize((round(image.width * height / image.height), height)) for image in images]
    canvas = Image.new("RGB", (sum(image.width for image in images), height + _CAPTION), (20, 20, 20))
    left = 0
    for image in images:
        canvas.paste(image, (left, 0))
        left += image.width
    ImageDraw.Draw(canvas).text((8, height + 6), caption, fill=(235, 235, 235))
    return canvas


def _save(pictures: Sequence[Image], path: Path, rate: float, colours: int) -> None:
    from PIL import Image

    # One palette, taken from pictures of the whole episode: colours then do not flicker, and what rests costs nothing.
    step = max(1, len(pictures) // 8)
    sample = pictures[::step]
    strip = Image.new("RGB", (sample[0].width, sum(picture.height for picture in sample)))
    for row, picture in enumerate(sample):
        strip.paste(picture, (0, row * picture.height))
    palette = strip.quantize(colours, method=Image.Quantize.MEDIANCUT)
    frames = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    period = round(1000.0 / rate)
    durations = [period] * (len(frames) - 1) + [round(1000.0 * _LAST_FRAME)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=False)
