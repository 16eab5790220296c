"""The animation shows what the cameras saw, and stays small."""

import numpy as np
from PIL import Image

from steadyhand.evaluation.animation import nearest, write_animation
from steadyhand.evaluation.episode_record import EpisodeRecord, Frame


def frames_of(path):
    with Image.open(path) as animation:
        for index in range(animation.n_frames):
            animation.seek(index)
            yield animation.info["duration"], np.array(animation.convert("RGB")).astype(int)


def test_both_cameras_are_side_by_side_in_real_time(record, tmp_path):
    path = tmp_path / "out" / "demo.gif"
    assert write_animation(record, path, "pick up the red cube")
    frames = list(frames_of(path))
    assert abs(sum(duration for duration, _ in frames[:-1]) / 1000 - 3.9) < 0.21
    _, middle = frames[len(frames) // 2]
    assert middle.shape[0] > 300
    assert middle.shape[1] == 800
    left, right = middle[75:125, :400], middle[75:125, 400:]
    assert (left[..., 0] - left[..., 1]).max() > 120
    assert (right[..., 1] - right[..., 0]).max() > 120
    background = middle[250, 125]
    np.testing.assert_allclose(background, 120, atol=8)


def test_what_moves_is_where_the_camera_saw_it(record, tmp_path):
    path = tmp_path / "demo.gif"
    write_animation(record, path, "")
    columns = []
    for _, picture in frames_of(path):
        red = (picture[100, :400, 0] - picture[100, :400, 1]) > 100
        columns.append(np.flatnonzero(red)[0])
    assert columns[0] <= 3
    assert 180 <= columns[-1] <= 200
    assert np.all(np.diff(columns) >= 0)


def test_a_file_too_large_is_made_smaller(record, tmp_path):
    random = np.random.default_rng(0)
    for frames in record.frames.values():
        del frames[12:]
        for index, frame in enumerate(frames):
            noise = random.integers(0, 256, (60, 80, 3), dtype=np.uint8)
            frames[index] = Frame(frame.stamp, noise)
    path = tmp_path / "demo.gif"
    assert write_animation(record, path, "noise", largest=300_000)
    assert path.stat().st_size <= 300_000


def test_a_camera_without_images_makes_no_animation(tmp_path):
    record = EpisodeRecord(("a",), ("front", "wrist"))
    record.frames["front"].append(Frame(0.0, np.zeros((4, 4, 3), dtype=np.uint8)))
    assert not write_animation(record, tmp_path / "demo.gif", "")
    assert not (tmp_path / "demo.gif").exists()


def test_the_image_of_a_time_is_the_newest_that_was_there():
    frames = [Frame(float(stamp), np.full((1, 1, 3), stamp, dtype=np.uint8)) for stamp in (1, 2, 3)]
    assert [int(nearest(frames, time)[0, 0, 0]) for time in (0.0, 1.0, 1.9, 2.0, 9.0)] == [1, 1, 1, 2, 3]
