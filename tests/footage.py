"""Footage for tests: what a frame shows tells which frame it is."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest


def picture(level, width=64, height=48):
    """A frame of one level of grey."""
    return np.full((height, width, 3), level, np.uint8)


def write_folder(folder: Path, levels, suffix=".png", size=(64, 48)) -> Path:
    """Write a folder of images, one for each level of grey."""
    folder.mkdir()
    for index, level in enumerate(levels):
        assert cv2.imwrite(str(folder / f"frame_{index}{suffix}"), picture(level, *size))
    return folder


def write_video(path: Path, levels, rate=50.0, size=(64, 48)) -> Path:
    """Write a video, one frame for each level of grey."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), rate, size)
    if not writer.isOpened():
        pytest.skip("this OpenCV writes no video")
    for level in levels:
        writer.write(picture(level, *size))
    writer.release()
    return path
