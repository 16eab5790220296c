"""What a description says about joints and links."""

from __future__ import annotations

import math

import pytest

from steadyhand.profiles.urdf import parse_description

URDF = """<robot name="r">
  <link name="a"/><link name="b"/><link name="c"/><link name="d"/>
  <joint name="turn" type="continuous"><parent link="a"/><child link="b"/>
    <limit lower="0" upper="0" velocity="2"/></joint>
  <joint name="slide" type="prismatic"><parent link="b"/><child link="c"/><limit upper="0.3"/></joint>
  <joint name="rest" type="fixed"><parent link="b"/><child link="d"/></joint>
</robot>"""


def test_limits_that_do_not_exist_are_infinite():
    joints = parse_description(URDF).joints
    assert (joints["turn"].lower, joints["turn"].upper) == (-math.inf, math.inf)
    assert joints["turn"].velocity == 2.0
    assert (joints["slide"].lower, joints["slide"].upper, joints["slide"].velocity) == (0.0, 0.3, math.inf)
    assert (joints["turn"].unit, joints["slide"].unit) == ("rad", "m")


def test_a_chain_runs_from_base_to_tip():
    description = parse_description(URDF)
    assert description.chain("a", "c") == ["turn", "slide"]
    assert description.chain("b", "d") == ["rest"]
    assert description.chain("c", "a") == []
    assert description.chain("a", "nowhere") == []
    assert description.movable == ["turn", "slide"]


def test_a_limit_that_is_no_number_is_an_error():
    with pytest.raises(ValueError, match="wide"):
        parse_description(URDF.replace('upper="0.3"', 'upper="wide"'))


def test_links_in_a_circle_do_not_hang():
    circle = URDF.replace('<parent link="a"/>', '<parent link="c"/>')
    assert parse_description(circle).chain("a", "c") == []
