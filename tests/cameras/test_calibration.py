"""Calibrations as camera_calibration writes them."""

import re
import textwrap

import numpy as np
import pytest

from steadyhand.cameras.calibration import CalibrationError, load_calibration
from steadyhand.cameras.source import Size
from steadyhand.profiles.exceptions import ProfileError

# The layout of ROS's camera_calibration, and of camera_info_manager.
FILE = textwrap.dedent("""\
    image_width: 640
    image_height: 480
    camera_name: front
    camera_matrix:
      rows: 3
      cols: 3
      data: [500., 0., 320.5, 0., 501., 240., 0., 0., 1.]
    distortion_model: plumb_bob
    distortion_coefficients:
      rows: 1
      cols: 5
      data: [-0.36, 0.11, 0.001, 0.0005, 0]
    rectification_matrix:
      rows: 3
      cols: 3
      data: [1, 0, 0, 0, 1, 0, 0, 0, 1]
    projection_matrix:
      rows: 3
      cols: 4
      data: [400, 0, 318, 0, 0, 402, 241, 0, 0, 0, 1, 0]
    """)


@pytest.fixture
def write(tmp_path):
    def write(*changes):
        text = FILE
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        path = tmp_path / "front.yaml"
        path.write_text(text)
        return path

    return write


def test_every_number_has_its_place(write):
    calibration = load_calibration(write())
    assert calibration.size == Size(640, 480)
    assert calibration.camera_matrix.tolist() == [[500.0, 0.0, 320.5], [0.0, 501.0, 240.0], [0.0, 0.0, 1.0]]
    assert calibration.distortion.tolist() == [-0.36, 0.11, 0.001, 0.0005, 0.0]
    assert calibration.projection[0].tolist() == [400.0, 0.0, 318.0, 0.0]
    assert np.array_equal(calibration.rectification, np.eye(3))


def test_keys_of_other_programs_are_passed_over(write):
    load_calibration(write(("camera_name: front", "camera_name: front\nreprojection_error: 0.2")))


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        (("image_width: 640\n", ""), "image_width", "missing"),
        (("image_height: 480", "image_height: 0"), "image_height", "greater than 0"),
        (("240., 0., 0., 1.]", "240., 0., 1.]"), "camera_matrix.data", "8 numbers for 3 rows of 3"),
        (("0.0005, 0]", ".nan, 0]"), "distortion_coefficients.data[3]", "finite"),
        (("plumb_bob", "brown"), "distortion_model", "plumb_bob, rational_polynomial, equidistant"),
        (("plumb_bob", "equidistant"), "distortion_coefficients", "must have 4 numbers"),
        (("[500.", "[0."), "camera_matrix", "focal lengths"),
        (("[1, 0, 0, 0, 1,", "[1, 0, 0, 0, 2,"), "rectification_matrix", "no rotation"),
        (("cols: 4\n  data: [400, 0, 318, 0,", "cols: 3\n  data: [400, 0, 318,"), "projection_matrix", "numbers"),
    ],
)
def test_what_is_wrong_is_named_with_file_key_and_remedy(write, change, key, said):
    with pytest.raises(ProfileError) as refusal:
        load_calibration(write(change))
    assert "front.yaml" in str(refusal.value)
    found = [problem for problem in refusal.value.problems if problem.key.startswith(key)]
    assert found, str(refusal.value)
    assert re.search(said, str(found[0]))
    assert found[0].remedy


def test_everything_that_is_wrong_is_said_at_once(write):
    with pytest.raises(ProfileError) as refusal:
        load_calibration(write(("plumb_bob", "brown"), ("image_width: 640\n", ""), ("[500.", "[-1.")))
    assert len(refusal.value.problems) == 3


def test_it_is_not_scaled_to_another_size(write):
    calibration = load_calibration(write())
    calibration.require(Size(640, 480))
    with pytest.raises(CalibrationError, match=r"640x480.*1280x960.*Calibrate at the size in use"):
        calibration.require(Size(1280, 960))
