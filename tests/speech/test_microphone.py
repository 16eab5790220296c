"""Recording, with another program in the recorder's place."""

import sys
import time

import pytest

from steadyhand.speech import microphone
from steadyhand.speech.exceptions import SpeechError
from steadyhand.speech.microphone import record

ENDLESS = "import sys, time\nwhile True: sys.stdout.buffer.write(b'ab' * 160); sys.stdout.flush(); time.sleep(0.01)"


def python(code):
    return [sys.executable, "-c", code]


def until(condition):
    deadline = time.monotonic() + 20.0
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_recording_lasts_until_it_is_told_to_end(tmp_path):
    mark = tmp_path / "speaks"
    code = f"import pathlib; pathlib.Path({str(mark)!r}).touch()\n{ENDLESS}"
    samples = record(lambda: (until(mark.exists), time.sleep(0.1)), python(code))
    assert len(samples) >= 320 and set(samples) == set(b"ab")


def test_what_is_said_after_the_longest_recording_is_not_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(microphone, "LONGEST", 0.5)
    mark = tmp_path / "done"
    code = f"""
import pathlib, sys, time
sys.stdout.buffer.write(bytes(64000)); sys.stdout.flush()
pathlib.Path({str(mark)!r}).touch()
time.sleep(60)
"""
    assert len(record(lambda: until(mark.exists), python(code))) == 16000


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["/no/such/recorder"], "alsa-utils"),
        (python("import sys; sys.exit('no such card')"), "no such card"),
    ],
)
def test_where_nothing_can_be_recorded_it_is_said_why(command, words):
    with pytest.raises(SpeechError, match=words):
        record(lambda: time.sleep(0.5), command)
