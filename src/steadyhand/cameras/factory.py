"""From the text that names a source to the source."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from steadyhand.cameras.exceptions import SourceRefusedError
from steadyhand.cameras.image_folder import ImageFolder
from steadyhand.cameras.network_stream import SCHEMES, NetworkStream
from steadyhand.cameras.settings import CameraSettings
from steadyhand.cameras.source import FrameSource
from steadyhand.cameras.v4l2_device import V4l2Device
from steadyhand.cameras.v4l2_listing import DEV, devices_text
from steadyhand.cameras.video_file import VideoFile


def make_source(settings: CameraSettings) -> FrameSource:
    """Return the source that settings ask for; it is neither checked nor opened.

    Raises:
        SourceRefusedError: There is nothing of that name.
    """
    text = settings.source.strip()
    if not text:
        raise SourceRefusedError(
            "no 'source' was given: a device, a video file, a folder of images, or an rtsp:// or http:// address. "
            + devices_text()
        )
    if "://" in text:
        if text.partition("://")[0].lower() in SCHEMES:
            return NetworkStream(text, settings)
        text = text.removeprefix("file://")
    path = Path(text).expanduser()
    # A link of a device that is unplugged is not there, and will be.
    if path.is_relative_to(DEV):
        return V4l2Device(str(path), settings)
    if path.is_dir():
        return ImageFolder(path, settings)
    if path.is_file():
        return VideoFile(path, settings)
    raise SourceRefusedError(f"there is no file or folder '{text}'. {_beside(path)}")


def _beside(path: Path) -> str:
    """Return what could have been meant, as a remedy."""
    if path.name.isdecimal():
        return f"For a device write /dev/video{path.name}, or better a name that stays. {devices_text()}"
    folder = path.absolute().parent
    if not folder.is_dir():
        return f"There is no folder '{folder}' either; a relative path counts from {Path.cwd()}"
    names = sorted(entry.name for entry in folder.iterdir())
    close = get_close_matches(path.name, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{folder / close[0]}'?"
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"The folder '{folder}' holds {shown or 'nothing'}"
