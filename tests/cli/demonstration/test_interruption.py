"""No interruption gets lost."""

import os
import signal

import pytest

from steadyhand.cli.demonstration.interruption import SIGNALS, Interruption


@pytest.mark.parametrize("number", SIGNALS)
def test_each_signal_interrupts(number):
    with pytest.raises(KeyboardInterrupt), Interruption():
        os.kill(os.getpid(), number)
        signal.pause()


def test_an_interruption_that_was_swallowed_comes_again():
    with pytest.raises(KeyboardInterrupt), Interruption() as interruption:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
        except KeyboardInterrupt:
            pass
        with pytest.raises(KeyboardInterrupt):
            interruption.check()


def test_the_handlers_from_before_are_back_afterwards():
    before = [signal.getsignal(number) for number in SIGNALS]
    with Interruption() as interruption:
        interruption.check()
    assert [signal.getsignal(number) for number in SIGNALS] == before
