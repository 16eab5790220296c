"""Every policy by which a publisher does not reach a subscription is named, with both values."""

from __future__ import annotations

import pytest

from steadyhand.doctor.judgements.qos import incompatible
from steadyhand.doctor.survey import Qos


@pytest.mark.parametrize(
    ("offered", "asked", "policy"),
    [
        (Qos("best_effort"), Qos("reliable"), "reliability best_effort"),
        (Qos(), Qos(durability="transient_local"), "durability volatile"),
        (Qos(), Qos(liveliness="manual_by_topic"), "liveliness automatic"),
        (Qos(), Qos(deadline=0.1), "deadline inf s"),
        (Qos(deadline=0.2), Qos(deadline=0.1), "deadline 0.2 s is offered, 0.1 s"),
        (Qos(lease=2.0), Qos(lease=1.0), "lease 2 s"),
    ],
)
def test_a_weaker_offer_does_not_match_and_a_stronger_one_does(offered, asked, policy):
    (reason,) = incompatible(offered, asked)
    assert policy in reason
    assert incompatible(asked, offered) == []
