"""The environment of graphs that are started whole."""

from pathlib import Path
from xml.etree import ElementTree

from steadyhand.nodes.transports import TRANSPORTS, tuned_environment


def test_a_discovery_range_that_would_replace_the_transports_is_overruled():
    environment = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST", "ROS_LOCALHOST_ONLY": "1", **tuned_environment()}
    assert environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "SUBNET"
    assert environment["ROS_LOCALHOST_ONLY"] == "0"
    assert environment["FASTDDS_BUILTIN_TRANSPORTS"] == TRANSPORTS


def test_both_generations_of_fast_dds_find_a_profile_that_is_in_force_by_itself():
    environment = tuned_environment()
    assert environment["FASTDDS_DEFAULT_PROFILES_FILE"] == environment["FASTRTPS_DEFAULT_PROFILES_FILE"]
    root = ElementTree.parse(Path(environment["FASTDDS_DEFAULT_PROFILES_FILE"])).getroot()
    participant = root.find(".//{*}participant")
    assert participant is not None
    assert participant.get("is_default_profile") == "true"
    assert [address.text for address in root.iter("{http://www.eprosima.com}address")] == ["127.0.0.1"]
