"""The environment of graphs that are started whole."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from steadyhand.nodes.transports import tuned_environment

FASTDDS = "{http://www.eprosima.com}"


def test_a_discovery_range_that_would_replace_the_transports_is_overruled():
    environment = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST", "ROS_LOCALHOST_ONLY": "1", **tuned_environment()}
    assert environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "SUBNET"
    assert environment["ROS_LOCALHOST_ONLY"] == "0"


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
    assert participant.findtext(".//{*}useBuiltinTransports") == "false"
    descriptors = list(root.iter(f"{FASTDDS}transport_descriptor"))
    transports = {entry.findtext("{*}transport_id"): entry.findtext("{*}type") for entry in descriptors}
    assert sorted(transports.values()) == ["SHM", "UDPv4"]
    assert [entry.text for entry in participant.findall(".//{*}userTransports/{*}transport_id")] == list(transports)
    segment = root.findtext(".//{*}segment_size")
    assert segment is not None and int(segment) > 8 * 640 * 480 * 3


def test_transports_that_a_user_has_chosen_stand(monkeypatch):
    monkeypatch.setenv("FASTDDS_BUILTIN_TRANSPORTS", "LARGE_DATA")
    assert not [name for name in tuned_environment() if name.endswith("PROFILES_FILE")]
