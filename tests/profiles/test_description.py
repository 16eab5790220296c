"""Reading robot descriptions."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from steadyhand.profiles.description import DescriptionError, read_description
from steadyhand.profiles.resources import resource

URDF = (
    '<robot name="r"><link name="a"/><link name="b"/><joint name="j" type="fixed"><parent link="a"/>{}</joint></robot>'
)


def test_xacro_is_expanded():
    text = read_description(resource("urdf/panda.urdf.xacro"))
    assert 'name="panda_joint7"' in text
    assert "xacro:" not in text
    assert "${" not in text


def test_the_text_does_not_depend_on_where_the_file_lies(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        for part in resource("urdf").glob("*.xacro"):
            (tmp_path / folder / part.name).write_bytes(part.read_bytes())
    texts = [read_description(tmp_path / folder / "panda.urdf.xacro") for folder in ("one", "two")]
    assert texts[0] == texts[1]
    assert str(tmp_path) not in texts[0]


def test_plain_urdf_is_read_as_it_is(tmp_path):
    path = tmp_path / "r.urdf"
    path.write_text(URDF.format('<child link="b"/>'))
    assert read_description(path) == path.read_text()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("broken.urdf", "<robot>", "not XML"),
        ("other.urdf", "<mujoco/>", "expected <robot>"),
        ("unexpanded.urdf", '<robot name="r" xmlns:xacro="x"><xacro:arm/></robot>', r"\*\.xacro"),
        ("broken.urdf.xacro", '<robot xmlns:xacro="http://ros.org/wiki/xacro"><xacro:arm/></robot>', "expand"),
    ],
)
def test_what_is_not_a_description_is_refused_by_name(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(DescriptionError, match=message) as caught:
        read_description(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["absent.urdf", "absent.urdf.xacro"])
def test_an_absent_file_is_named(tmp_path, name):
    with pytest.raises(DescriptionError, match=name):
        read_description(tmp_path / name)


def test_two_threads_expand_xacro_files_without_reading_each_others_arguments() -> None:
    panda = resource("urdf/panda.urdf.xacro")
    alone = read_description(panda)
    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(read_description, [panda] * 6))
    assert together == [alone] * 6
