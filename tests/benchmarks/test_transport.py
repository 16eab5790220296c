"""How arrivals become a result, without ROS."""

import sys

import pytest

from steadyhand.benchmarks import processes, transport
from steadyhand.benchmarks.exceptions import BenchmarkError

SINK = """
import sys
out = [word.partition(":=")[2] for word in sys.argv if word.startswith("out:=")][0]
with open(out, "w") as file:
    for number in range(1, 31):
        for camera in (0, 1):
            if (number, camera) != (7, 1):
                file.write(f"{camera} {number} {1_000_000 + 1000 * number}\\n")
import time
time.sleep(60)
"""
SOURCE = "import time; time.sleep(60)"


@pytest.fixture
def ends(monkeypatch):
    popen = processes.subprocess.Popen

    def replace(**scripts):
        def start(command, **options):
            script = scripts["sink" if "sink" in command else "source"]
            return popen([sys.executable, "-c", script, *command], **options)

        monkeypatch.setattr(processes.subprocess, "Popen", start)

    return replace


def test_percentiles_and_counts_cover_both_cameras(ends):
    ends(sink=SINK, source=SOURCE)
    result = transport.measure(1.0, {})
    assert result["sent"] == 60
    assert result["received"] == 59
    assert result["image_ms"]["p50"] == pytest.approx(1.0155, abs=1e-3)
    assert result["image_ms"]["p99"] == pytest.approx(1.030, abs=1e-3)


def test_an_end_that_dies_is_told_with_its_words(ends):
    ends(sink="import sys; print('no such transport'); sys.exit(1)", source=SOURCE)
    with pytest.raises(BenchmarkError, match="no such transport"):
        transport.measure(1.0, {})
