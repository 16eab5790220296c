"""Our structures against the kernel's header, as a C compiler reads it."""

import ctypes
import shutil
import subprocess

import pytest

from steadyhand.cameras import v4l2_api as api
from v4l2_double import SIZES

STRUCTURES = {
    "v4l2_capability": (api.Capability, {"device_caps": "device_caps"}),
    "v4l2_fmtdesc": (api.FormatDescription, {"description": "description", "pixelformat": "pixelformat"}),
    "v4l2_frmsizeenum": (api.FrameSizes, {"type": "type", "stepwise": "numbers"}),
    "v4l2_frmivalenum": (api.FrameIntervals, {"type": "type", "stepwise": "numbers"}),
    "v4l2_requestbuffers": (api.RequestBuffers, {"memory": "memory"}),
}
REQUESTS = {
    "VIDIOC_QUERYCAP": api.QUERYCAP,
    "VIDIOC_ENUM_FMT": api.ENUM_FMT,
    "VIDIOC_REQBUFS": api.REQBUFS,
    "VIDIOC_ENUM_FRAMESIZES": api.ENUM_FRAMESIZES,
    "VIDIOC_ENUM_FRAMEINTERVALS": api.ENUM_FRAMEINTERVALS,
}


def test_the_double_knows_the_same_requests():
    assert set(SIZES) == set(REQUESTS.values())


def test_numbers_and_layouts_are_those_of_the_kernel_s_header(tmp_path):
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    wanted = [f'printf("%lu\\n", (unsigned long)({name}));' for name in REQUESTS]
    expected = list(REQUESTS.values())
    for name, (structure, fields) in STRUCTURES.items():
        wanted.append(f'printf("%zu\\n", sizeof(struct {name}));')
        expected.append(ctypes.sizeof(structure))
        for theirs, ours in fields.items():
            wanted.append(f'printf("%zu\\n", offsetof(struct {name}, {theirs}));')
            expected.append(getattr(structure, ours).offset)
    source = tmp_path / "sizes.c"
    head = "#include <linux/videodev2.h>\n#include <stddef.h>\n#include <stdio.h>\n"
    source.write_text(head + "int main(void) {" + "\n".join(wanted) + "return 0; }")
    built = subprocess.run([compiler, "-o", tmp_path / "sizes", source], capture_output=True, text=True)
    if built.returncode != 0:
        pytest.skip(f"no kernel headers here: {built.stderr[:200]}")
    printed = subprocess.run([tmp_path / "sizes"], capture_output=True, text=True, check=True).stdout
    assert [int(line) for line in printed.split()] == expected
