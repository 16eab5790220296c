"""A source in a thread of its own: opened, read, lost and opened again, without anybody else waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Condition, Event, Thread

from steadyhand.cameras.backoff import Backoff
from steadyhand.cameras.exceptions import CameraError
from steadyhand.cameras.frame_statistics import FrameStatistics
from steadyhand.cameras.source import FrameSource, Pixels


class CaptureState(Enum):
    """What a capture is doing."""

    OPENING = "opening"
    RUNNING = "running"
    LOST = "lost"
    ENDED = "ended"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Frame:
    """One frame.

    Attributes:
        stamp: When it was grabbed, on the clock of the capture [s].
        pixels: The frame.
    """

    stamp: float
    pixels: Pixels


@dataclass(frozen=True)
class CaptureStatus:
    """How a capture is.

    Attributes:
        state: What it is doing.
        message: Why, as a sentence; empty where there is nothing to say.
    """

    state: CaptureState
    message: str = ""


class Capture:
    """Reads a source until it is stopped. Only the newest frame is kept: a late image is worth nothing.

    A live source that is not there, or that goes, is opened again after waiting times that double up to a bound. Any
    other source that fails stays failed, and one that ends stays ended.

    Attributes:
        statistics: Of the frames.
        reopened: How often the source has come back.
        changed: When it came to do what it is doing, steady clock [s].
    """

    def __init__(
        self,
        source: FrameSource,
        clock: Callable[[], float],
        on_status: Callable[[CaptureStatus], None],
        backoff: Backoff | None = None,
    ) -> None:
        """Prepare; nothing is opened before ``start``.

        Args:
            source: Where frames come from; nobody else may use it.
            clock: What frames are stamped with [s].
            on_status: Called from the thread whenever state or message change.
            backoff: Waiting times between attempts.
        """
        self.statistics = FrameStatistics()
        self.reopened = 0
        self.changed = time.monotonic()
        self._source = source
        self._clock = clock
        self._on_status = on_status
        self._backoff = backoff or Backoff()
        self._stop = Event()
        self._news = Condition()
        self._newest: Frame | None = None
        self._status = CaptureStatus(CaptureState.STOPPED)
        self._thread = Thread(target=self._run, name="capture", daemon=True)

    @property
    def status(self) -> CaptureStatus:
        """How it is now."""
        return self._status

    def start(self) -> None:
        """Begin; a capture is started once."""
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """End; false where the source keeps its thread for longer than a time [s]: it is let go when it returns."""
        self._stop.set()
        with self._news:
            self._news.notify_all()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def take(self, timeout: float) -> Frame | None:
        """Return the newest frame that nobody has taken, None where none comes within a time [s]."""
        with self._news:
            self._news.wait_for(lambda: self._newest is not None or self._stop.is_set(), timeout)
            frame, self._newest = self._newest, None
        return frame

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                try:
                    self._play()
                finally:
                    self._source.close()
            except Exception as error:
                # Whatever a driver raises must show, and must not end the thread of a camera that may come back.
                message = str(error) if isinstance(error, CameraError) else f"{type(error).__name__}: {error}"
                if not self._source.live:
                    self._enter(CaptureState.FAILED, message)
                    return
                self.statistics.restart()
                self._enter(CaptureState.LOST, message)
                self._stop.wait(self._backoff.fail())
                continue
            if not self._stop.is_set():
                frames = self.statistics.captured
                self._enter(CaptureState.ENDED, f"'{self._source.name}' has ended after {frames} frames")
                return
        self._enter(CaptureState.STOPPED)

    def _play(self) -> None:
        if self._status.state is not CaptureState.LOST:
            self._enter(CaptureState.OPENING)
        self._source.open()
        while not self._stop.is_set() and self._source.grab(self._stop):
            stamp = self._clock()
            frame = Frame(stamp, self._source.retrieve())
            self.statistics.capture(time.monotonic())
            if self._status.state is not CaptureState.RUNNING:
                self.reopened += self._status.state is CaptureState.LOST
                self._backoff.reset()
                self._enter(CaptureState.RUNNING)
            with self._news:
                if self._newest is not None:
                    self.statistics.drop()
                self._newest = frame
                self._news.notify()

    def _enter(self, state: CaptureState, message: str = "") -> None:
        status = CaptureStatus(state, message)
        if status != self._status:
            self._status = status
            self.changed = time.monotonic()
            self._on_status(status)
