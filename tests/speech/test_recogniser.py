"""PocketSphinx behind its interface: by a double, and for real where it is installed."""

import sys
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from steadyhand.speech.exceptions import SpeechError
from steadyhand.speech.recogniser import PocketsphinxRecogniser

GRAMMAR = "#JSGF V1.0;\ngrammar pick;\npublic <pick> = pick up the (red | green | blue) cube;\n"


class Decoder:
    """PocketSphinx's, as far as it is used: a call out of order is an error."""

    heard = None

    def __init__(self, **options):
        if "nonsense" in str(options.get("jsgf")):
            raise RuntimeError("cannot be parsed")
        self.options, self.state = options, "idle"

    def start_utt(self):
        assert self.state == "idle"
        self.state = "listening"

    def process_raw(self, samples, full_utt):
        assert self.state == "listening" and full_utt and isinstance(samples, bytes)

    def end_utt(self):
        assert self.state == "listening"
        self.state = "idle"

    def hyp(self):
        return None if self.heard is None else SimpleNamespace(hypstr=self.heard)


@pytest.fixture
def decoder(monkeypatch):
    monkeypatch.setitem(sys.modules, "pocketsphinx", SimpleNamespace(Decoder=Decoder))
    return Decoder


def test_what_was_said_comes_in_lower_case_and_nothing_as_nothing(decoder, monkeypatch):
    recogniser = PocketsphinxRecogniser()
    assert recogniser.hear(bytes(320)) == ""
    monkeypatch.setattr(decoder, "heard", "Pick up the RED cube ")
    assert recogniser.hear(bytes(320)) == "pick up the red cube"


def test_a_grammar_takes_the_place_of_the_language_model(decoder, tmp_path):
    grammar = tmp_path / "pick.gram"
    grammar.write_text(GRAMMAR)
    options = PocketsphinxRecogniser(grammar)._decoder.options
    assert options["jsgf"] == str(grammar) and options["lm"] is None


def test_a_grammar_that_is_not_there_or_makes_no_sense_is_named(decoder, tmp_path):
    with pytest.raises(SpeechError, match=r"speech_grammar: no file .*absent\.gram"):
        PocketsphinxRecogniser(tmp_path / "absent.gram")
    (tmp_path / "nonsense.gram").write_text("?")
    with pytest.raises(SpeechError, match=r"nonsense\.gram is not understood.*JSGF"):
        PocketsphinxRecogniser(tmp_path / "nonsense.gram")


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(SpeechError, match=r"steadyhand\[speech\]"):
        PocketsphinxRecogniser()


@pytest.mark.skipif(find_spec("pocketsphinx") is None, reason="the extra 'speech' is not installed")
def test_silence_is_no_instruction(tmp_path):
    grammar = tmp_path / "pick.gram"
    grammar.write_text(GRAMMAR)
    assert PocketsphinxRecogniser(grammar).hear(bytes(32000)) == ""
    (tmp_path / "broken.gram").write_text("public nothing")
    with pytest.raises(SpeechError, match="not understood"):
        PocketsphinxRecogniser(tmp_path / "broken.gram")
