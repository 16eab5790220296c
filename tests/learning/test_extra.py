import pytest

from steadyhand.learning import extra
from steadyhand.learning.exceptions import TrainExtraError


def test_absence_of_torch_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "torch_installed", lambda: False)
    with pytest.raises(TrainExtraError, match=r"steadyhand\[train\]"):
        extra.require_torch()


def test_presence_of_torch_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "torch_installed", lambda: True)
    extra.require_torch()
