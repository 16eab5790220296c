"""What native libraries print goes to a file."""

import os

import pytest

from steadyhand.cli.demonstration.stderr import stderr_to


def test_native_output_goes_to_the_file_and_back_afterwards(tmp_path, capfd):
    path = tmp_path / "logs" / "demo.log"
    with stderr_to(path):
        os.write(2, b"from a library\n")
    os.write(2, b"to the terminal\n")
    assert path.read_text() == "from a library\n"
    assert capfd.readouterr().err == "to the terminal\n"


def test_an_error_restores_it(tmp_path, capfd):
    with pytest.raises(RuntimeError), stderr_to(tmp_path / "demo.log"):
        raise RuntimeError
    os.write(2, b"back\n")
    assert capfd.readouterr().err == "back\n"
