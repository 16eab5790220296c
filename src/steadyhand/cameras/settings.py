"""What a camera is told: the parameters of its node, and the keys of a file of cameras."""

from __future__ import annotations

from dataclasses import dataclass

Value = str | int | float | bool

_WORDS: dict[type, str] = {str: "a word", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True)
class Option:
    """One setting.

    Attributes:
        default: Value where nobody gives one; its type is the setting's type.
        description: What it means, with its unit.
        low: Smallest value allowed, for numbers.
        high: Largest value allowed, for numbers.
        changeable: True where it may be changed while the camera runs.
    """

    default: Value
    description: str
    low: float | None = None
    high: float | None = None
    changeable: bool = False

    def complaint(self, value: object) -> str:
        """Return what is wrong with a value, empty where nothing is."""
        kind = type(self.default)
        if kind in (str, bool):
            return "" if isinstance(value, kind) else f"must be {_WORDS[kind]}"
        if isinstance(value, bool) or not isinstance(value, (int, float)) or (kind is int and value != int(value)):
            return f"must be {_WORDS[kind]}"
        if self.low is not None and self.high is not None and not self.low <= value <= self.high:
            return f"must be between {self.low:g} and {self.high:g}"
        return ""


OPTIONS: dict[str, Option] = {
    "source": Option(
        "",
        "where images come from: /dev/videoN, /dev/v4l/by-id/..., a video file, a folder of images, or an rtsp:// or "
        "http:// address",
    ),
    "frame_id": Option("camera_optical_frame", "frame of the images: x right, y down, z into the scene"),
    "calibration": Option("", "YAML file of camera_calibration, for camera_info; empty: camera_info says uncalibrated"),
    "width": Option(0, "width asked of a device [px]; 0: the device's own. Of others: the only one accepted", 0, 16384),
    "height": Option(
        0, "height asked of a device [px]; 0: the device's own. Of others: the only one accepted", 0, 16384
    ),
    "rate": Option(0.0, "frames in a second [Hz]; 0: the device's or the video's own. A folder needs one", 0.0, 1000.0),
    "pixel_format": Option("", "pixel format asked of a device, four letters such as MJPG or YUYV; empty: its own"),
    "loop": Option(True, "begin a video or a folder again at its end; false: play it once"),
    "latency": Option(
        0.0,
        "from the moment that an image shows until it is grabbed [s]; taken off the stamp",
        0.0,
        5.0,
        changeable=True,
    ),
    "jpeg_quality": Option(90, "quality of image_raw/compressed", 1, 100, changeable=True),
}
"""Every setting of a camera, by name."""


@dataclass(frozen=True)
class CameraSettings:
    """The settings that choose and open a source; each is described in ``OPTIONS``."""

    source: str
    width: int = 0
    height: int = 0
    rate: float = 0.0
    pixel_format: str = ""
    loop: bool = True
