"""Streams from a server on this machine, which goes away and comes back."""

import http.server
import threading
import time
from threading import Event

import cv2
import pytest

from footage import picture
from steadyhand.cameras.backoff import Backoff
from steadyhand.cameras.capture import Capture, CaptureState
from steadyhand.cameras.exceptions import SourceLostError, SourceRefusedError
from steadyhand.cameras.factory import make_source
from steadyhand.cameras.network_stream import NetworkStream
from steadyhand.cameras.settings import CameraSettings
from steadyhand.cameras.source import Size, size_of


class Server:
    """Serves motion JPEG, as many network cameras do; each connection gets so many frames."""

    def __init__(self, port=0, frames=10):
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                for index in range(frames):
                    image = cv2.imencode(".jpg", picture(20 * index))[1].tobytes()
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(image)}\r\n\r\n"
                    self.wfile.write(head.encode() + image + b"\r\n")

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


def stream(port, **settings):
    return make_source(CameraSettings(f"http://me:secret@127.0.0.1:{port}/stream", **settings))


def test_frames_of_an_address_are_read_until_it_ends(server):
    source = stream(server.port)
    assert source.check() is None
    source.open()
    seen = []
    with pytest.raises(SourceLostError, match="has ended"):
        while source.grab(Event()):
            seen.append(round(float(source.retrieve().mean())))
    source.close()
    assert seen == pytest.approx([20 * index for index in range(len(seen))], abs=4) and len(seen) >= 8


def test_an_address_that_goes_is_connected_to_again(server):
    said = []
    capture = Capture(stream(server.port), time.monotonic, said.append, Backoff(0.01, 0.02))
    capture.start()
    deadline = time.monotonic() + 20.0
    while capture.reopened < 2:
        assert time.monotonic() < deadline, said
        time.sleep(0.005)
    assert capture.stop(20.0)
    assert {CaptureState.RUNNING, CaptureState.LOST} <= {status.state for status in said}


def test_nobody_at_an_address_is_named_without_the_password():
    server = Server()
    server.close()
    with pytest.raises(SourceLostError, match=rf"http://\*\*\*@127\.0\.0\.1:{server.port}/stream") as lost:
        stream(server.port).open()
    assert "secret" not in str(lost.value) and "ffprobe" in str(lost.value)


def test_another_size_than_that_asked_for_is_refused(server):
    source = stream(server.port, width=640, height=480)
    assert source.check() == Size(640, 480)
    source.open()
    assert source.grab(Event())
    with pytest.raises(SourceRefusedError, match=r"64x48.*640x480"):
        size_of(source.retrieve())
    source.close()


@pytest.mark.parametrize("address", ["rtsp://", "udp://239.0.0.1:1234"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(SourceRefusedError, match="no address of a stream"):
        NetworkStream(address, CameraSettings(address)).check()
