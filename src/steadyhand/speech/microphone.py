"""Recording from the machine's microphone, as long as a person wants."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence

from steadyhand.speech.exceptions import SpeechError
from steadyhand.speech.recogniser import RATE

COMMAND = ("arecord", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE))
"""ALSA's recorder, which PulseAudio and PipeWire serve too."""

LONGEST = 20.0
"""Longest recording that is kept [s]."""

_PATIENCE = 2.0  # for the recorder to leave [s]
_BLOCK = 3200


def record(until: Callable[[], object], command: Sequence[str] = COMMAND) -> bytes:
    """Record until a call returns.

    Args:
        until: Waits for the end, such as for a key.
        command: Writes 16 bit samples at `RATE` to its output until it is told to end.

    Returns:
        The samples, at most those of `LONGEST`.

    Raises:
        SpeechError: Nothing can be recorded.
    """
    try:
        recorder = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise SpeechError(f"cannot record: {error}. On Debian and Ubuntu: sudo apt-get install alsa-utils") from error
    assert recorder.stdout is not None and recorder.stderr is not None
    stream, blocks = recorder.stdout, list[bytes]()

    def read() -> None:
        left = int(2 * RATE * LONGEST)
        while block := stream.read(_BLOCK):
            blocks.append(block[:left])
            left -= len(blocks[-1])

    reader = threading.Thread(target=read, name="microphone", daemon=True)
    reader.start()
    try:
        until()
        died = recorder.poll()
    finally:
        recorder.terminate()
        try:
            recorder.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            recorder.kill()
            recorder.wait()
    reader.join(_PATIENCE)
    if died is not None or not blocks:
        said = recorder.stderr.read().decode(errors="replace").strip()
        raise SpeechError(f"nothing was recorded: {said or 'the recorder ended by itself'}. Is there a microphone?")
    return b"".join(blocks)
