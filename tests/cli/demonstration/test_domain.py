"""Two demonstrations at once are in two domains."""

import pytest

from steadyhand.cli.demonstration import domain as module
from steadyhand.cli.demonstration.domain import own_domain
from steadyhand.cli.demonstration.exceptions import DemonstrationError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module.tempfile, "gettempdir", lambda: str(tmp_path))


def test_domains_in_use_are_not_given_again(monkeypatch):
    monkeypatch.setattr(module, "DOMAINS", range(1, 3))
    with own_domain({}) as first, own_domain({}) as second:
        assert {first["ROS_DOMAIN_ID"], second["ROS_DOMAIN_ID"]} == {"1", "2"}
        with pytest.raises(DemonstrationError, match="taken"), own_domain({}):
            pass
    with own_domain({}) as again:
        assert again["ROS_DOMAIN_ID"] in ("1", "2")


def test_the_users_domain_is_kept():
    with own_domain({"ROS_DOMAIN_ID": "42"}) as variables:
        assert "ROS_DOMAIN_ID" not in variables
