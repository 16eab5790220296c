"""Intrinsic parameters of a camera, from the YAML that ROS's camera_calibration writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from steadyhand.cameras.exceptions import CameraError
from steadyhand.cameras.source import Size
from steadyhand.profiles.base import Count, Number, ProfileModel
from steadyhand.profiles.exceptions import ProfileError, ProfileProblem
from steadyhand.profiles.reading import read_document
from steadyhand.profiles.validation import Draft

COEFFICIENTS: dict[str, tuple[int, ...]] = {
    "plumb_bob": (4, 5),
    "rational_polynomial": (8, 12, 14),
    "equidistant": (4,),
}
"""Distortion models of sensor_msgs/distortion_models, with how many coefficients they have."""

_SHAPES = {"camera_matrix": (3, 3), "rectification_matrix": (3, 3), "projection_matrix": (3, 4)}
# Rotations are written with few digits.
_ORTHOGONAL = 1e-2


class CalibrationError(CameraError):
    """A calibration does not belong to the images."""


class Matrix(ProfileModel):
    """A matrix as OpenCV writes it: row by row."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    rows: Count
    cols: Count
    data: tuple[Number, ...]

    @property
    def array(self) -> NDArray[np.float64]:
        """The matrix, shape (rows, cols)."""
        return np.array(self.data, dtype=np.float64).reshape(self.rows, self.cols)


class CalibrationFile(ProfileModel):
    """The keys of the file; other programs may have added some."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    image_width: Count
    image_height: Count
    camera_name: str = ""
    camera_matrix: Matrix
    distortion_model: Annotated[str, Field(min_length=1)]
    distortion_coefficients: Matrix
    rectification_matrix: Matrix
    projection_matrix: Matrix


@dataclass(frozen=True)
class Calibration:
    """Intrinsic parameters, as sensor_msgs/CameraInfo has them.

    Attributes:
        path: The file they are from.
        size: Of the images that they are for.
        distortion_model: Name of the model.
        distortion: D, shape (4,), (5,), (8,), (12,) or (14,).
        camera_matrix: K, shape (3, 3) [px].
        rectification: R, shape (3, 3).
        projection: P, shape (3, 4) [px].
    """

    path: str
    size: Size
    distortion_model: str
    distortion: NDArray[np.float64]
    camera_matrix: NDArray[np.float64]
    rectification: NDArray[np.float64]
    projection: NDArray[np.float64]

    def require(self, size: Size) -> None:
        """Raise where images have another size than that they are for.

        Raises:
            CalibrationError: They have.
        """
        if size != self.size:
            raise CalibrationError(
                f"the calibration '{self.path}' is for images of {self.size} and these have {size}. It is not scaled: "
                "a camera may cut another part of its sensor for another size. Calibrate at the size in use, or ask "
                f"for width {self.size.width} and height {self.size.height}"
            )


def load_calibration(path: Path) -> Calibration:
    """Read and check a calibration.

    Raises:
        ProfileError: Everything that is wrong with the file, with keys, lines and remedies.
    """
    draft = Draft(CalibrationFile, read_document(path))
    problems = list(draft.problems)
    if draft.document.readable:
        problems += _contradictions(draft)
    if problems:
        raise ProfileError(problems)
    model = draft.model
    return Calibration(
        path=str(path),
        size=Size(model.image_width, model.image_height),
        distortion_model=model.distortion_model,
        distortion=model.distortion_coefficients.array.reshape(-1),
        camera_matrix=model.camera_matrix.array,
        rectification=model.rectification_matrix.array,
        projection=model.projection_matrix.array,
    )


def _contradictions(draft: Draft[CalibrationFile]) -> list[ProfileProblem]:
    """Return what is wrong with values that are each valid by themselves."""
    document, model, problems = draft.document, draft.model, []
    sound = set()
    for key in (*_SHAPES, "distortion_coefficients"):
        if key not in draft.readable:
            continue
        matrix: Matrix = getattr(model, key)
        if len(matrix.data) != matrix.rows * matrix.cols:
            message = f"has {len(matrix.data)} numbers for {matrix.rows} rows of {matrix.cols}"
            problems.append(document.problem((key, "data"), message, "Calibrate again, or copy the whole file."))
        elif key in _SHAPES and (matrix.rows, matrix.cols) != _SHAPES[key]:
            rows, cols = _SHAPES[key]
            problems.append(document.problem((key,), f"must have {rows} rows of {cols}", "Calibrate again."))
        else:
            sound.add(key)
    if "distortion_model" in draft.readable:
        counts = COEFFICIENTS.get(model.distortion_model)
        if counts is None:
            remedy = f"ROS knows {', '.join(COEFFICIENTS)}."
            problems.append(document.problem(("distortion_model",), "unknown distortion model", remedy))
        elif "distortion_coefficients" in sound and len(model.distortion_coefficients.data) not in counts:
            wanted = " or ".join(map(str, counts))
            message = f"must have {wanted} numbers for {model.distortion_model}"
            problems.append(
                document.problem(("distortion_coefficients",), message, "Correct the model or the numbers.")
            )
    for key in ("camera_matrix", "projection_matrix"):
        matrix_of = getattr(model, key).array if key in sound else None
        if matrix_of is not None and (
            min(matrix_of[0, 0], matrix_of[1, 1]) <= 0.0 or matrix_of[2, :3].tolist() != [0.0, 0.0, 1.0]
        ):
            message = "is no matrix of a camera: focal lengths must be above 0, the last row 0, 0, 1"
            problems.append(document.problem((key,), message, "An uncalibrated camera has no file: leave it out."))
    if "rectification_matrix" in sound:
        rotation = model.rectification_matrix.array
        if np.abs(rotation @ rotation.T - np.eye(3)).max() > _ORTHOGONAL:
            remedy = "A single camera has 1, 0, 0, 0, 1, 0, 0, 0, 1."
            problems.append(document.problem(("rectification_matrix",), "is no rotation", remedy))
    return problems
