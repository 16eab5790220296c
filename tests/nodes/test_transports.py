"""The environment of graphs that are started whole."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from steadyhand.nodes.transports import TRANSPORTS, tuned_environment


def test_a_discovery_range_that_would_replace_the_transports_is_overruled():
    environment = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST", "ROS_LOCALHOST_ONLY": "1", **tuned_environment()}
    assert environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "SUBNET"
    assert environment["ROS_LOCALHOST_ONLY"] == "0"
    assert environment["FASTDDS_BUILTIN_TRANSPORTS"] == TRANSPORTS


@pytest.mark.parametrize(
    ("distribution", "variable"),
    [
        ("jazzy", "FASTRTPS_DEFAULT_PROFILES_FILE"),
        ("kilted", "FASTDDS_DEFAULT_PROFILES_FILE"),
        ("", "FASTDDS_DEFAULT_PROFILES_FILE"),
    ],
)
def test_the_profile_is_in_force_by_itself_under_the_name_of_the_distribution(monkeypatch, distribution, variable):
    monkeypatch.setenv("ROS_DISTRO", distribution)
    environment = tuned_environment()
    assert [name for name in environment if name.endswith("PROFILES_FILE")] == [variable]
    root = ElementTree.parse(Path(environment[variable])).getroot()
    participant = root.find(".//{*}participant")
    assert participant is not None
    assert participant.get("is_default_profile") == "true"
    assert [address.text for address in root.iter("{http://www.eprosima.com}address")] == ["127.0.0.1"]
