"""Folders of images and video files: order, rate, end, and what is refused."""

import time
from threading import Event

import pytest

from steadyhand.cameras.exceptions import SourceRefusedError
from steadyhand.cameras.factory import make_source
from steadyhand.cameras.settings import CameraSettings
from steadyhand.cameras.source import Size

LEVELS = [10, 60, 110, 160, 210]


def source_of(path, **settings):
    return make_source(CameraSettings(str(path), **settings))


def play(source, frames=100):
    """The levels of grey of the frames that come."""
    source.check()
    source.open()
    seen = []
    while len(seen) < frames and source.grab(Event()):
        seen.append(round(float(source.retrieve().mean())))
    source.close()
    return seen


def near(seen, levels):
    assert seen == pytest.approx(levels, abs=4)


def test_a_folder_is_played_in_the_order_of_its_numbers(make_folder):
    levels = list(range(0, 240, 20))
    assert play(source_of(make_folder(levels), rate=1000.0, loop=False)) == levels


def test_a_video_is_played_frame_by_frame(make_video):
    near(play(source_of(make_video(LEVELS), rate=1000.0, loop=False)), LEVELS)


def test_both_begin_again_where_they_loop(make_folder, make_video):
    near(play(source_of(make_folder(LEVELS), rate=1000.0), frames=12), (3 * LEVELS)[:12])
    near(play(source_of(make_video(LEVELS), rate=1000.0), frames=12), (3 * LEVELS)[:12])


def test_a_source_can_be_played_again(make_video):
    source = source_of(make_video(LEVELS), rate=1000.0, loop=False)
    play(source)
    near(play(source), LEVELS)


def test_a_video_has_the_rate_of_its_file_and_takes_another(make_video):
    video = make_video(LEVELS, rate=25.0)
    own = source_of(video)
    own.check()
    assert own.rate == pytest.approx(25.0)
    begin = time.monotonic()
    play(source_of(video, rate=100.0, loop=False))
    assert time.monotonic() - begin >= 0.04


def test_frames_are_due_at_the_rate_whatever_reading_takes(make_folder):
    source = source_of(make_folder(LEVELS), rate=100.0)
    source.check()
    source.open()
    begin = time.monotonic()
    for _ in range(11):
        assert source.grab(Event())
        source.retrieve()
    assert time.monotonic() - begin >= 0.099


def test_waiting_ends_at_once_when_told_to(make_folder):
    source = source_of(make_folder(LEVELS), rate=0.01)
    source.check()
    source.open()
    stop = Event()
    assert source.grab(stop)
    stop.set()
    begin = time.monotonic()
    assert not source.grab(stop)
    assert time.monotonic() - begin < 1.0


def test_the_size_is_known_before_anything_is_played(make_folder, make_video):
    assert source_of(make_folder(LEVELS), rate=1.0).check() == Size(64, 48)
    assert source_of(make_video(LEVELS)).check() == Size(64, 48)


def refused(path, **settings):
    with pytest.raises(SourceRefusedError) as refusal:
        source_of(path, **settings).check()
    return str(refusal.value)


def test_a_folder_without_a_rate_is_refused(make_folder):
    assert "set 'rate'" in refused(make_folder(LEVELS))


def test_a_folder_without_images_says_what_it_holds(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    assert "it holds .txt" in refused(tmp_path, rate=1.0)


def test_a_file_that_is_only_named_as_an_image_is_named(make_folder):
    folder = make_folder(LEVELS)
    (folder / "frame_7.png").write_bytes(b"no picture")
    assert "frame_7.png" in refused(folder, rate=1.0)


def test_an_image_that_is_cut_off_is_named_when_its_turn_comes(make_folder):
    folder = make_folder(LEVELS)
    whole = (folder / "frame_2.png").read_bytes()
    (folder / "frame_2.png").write_bytes(whole[:40])
    with pytest.raises(SourceRefusedError, match=r"frame_2\.png.*cut off"):
        play(source_of(folder, rate=1000.0))


def test_images_of_several_sizes_are_refused(make_folder):
    folder = make_folder(LEVELS)
    make_folder([99], name="other", size=(32, 32)).joinpath("frame_0.png").rename(folder / "frame_9.png")
    with pytest.raises(SourceRefusedError, match=r"frame_9\.png.*32x32.*64x48"):
        play(source_of(folder, rate=1000.0))


def test_a_size_that_is_asked_for_is_the_only_one_accepted(make_folder, make_video):
    for path in (make_folder(LEVELS), make_video(LEVELS)):
        message = refused(path, rate=1.0, width=640, height=480)
        assert "64x48" in message and "640x480" in message


def test_a_video_that_cannot_be_decoded_says_what_to_try(tmp_path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"no video" * 50)
    message = refused(path)
    assert "400 bytes" in message and "ffprobe" in message


def test_a_video_that_goes_away_says_so(make_video):
    video = make_video(LEVELS)
    source = source_of(video, rate=1000.0)
    source.check()
    video.unlink()
    with pytest.raises(SourceRefusedError, match="no longer there"):
        source.open()


@pytest.mark.parametrize(
    ("name", "said"),
    [("footage.avj", "Did you mean '.*footage.avi'"), ("nowhere/footage.avi", "no folder"), ("0", "/dev/video0")],
)
def test_what_is_not_there_is_refused_with_what_could_be_meant(make_video, name, said):
    folder = make_video(LEVELS).parent
    with pytest.raises(SourceRefusedError, match=said):
        source_of(folder / name)


def test_nothing_is_refused_with_what_there_can_be():
    with pytest.raises(SourceRefusedError, match="no 'source' was given"):
        source_of("")
