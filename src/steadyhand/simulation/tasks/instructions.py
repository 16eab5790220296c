"""Instructions to pick up a coloured cube: phrasing them, and understanding them."""

from __future__ import annotations

import re

COLOURS = ("red", "green", "blue")

_PLAIN = "pick up the {} cube"
_VERBS = (
    "pick up", "grab", "lift", "lift up", "take", "grasp", "get", "raise", "fetch", "pick", "hold up", "collect",
)  # fmt: skip
_NOUNS = ("cube", "block", "one", "box", "brick")
_POLITE = (
    "{}",
    "please {}",
    "{} please",
    "can you {}",
    "could you {} for me",
    "now {}",
    "robot, {}",
    "i want you to {}",
)
_SPLIT = ("pick the {} {noun} up", "lift the {} {noun} off the table", "take the {} {noun} from the table")

_LIFTING = re.compile(
    r"\b(pick(ing)?|grab|lift(ing)?|take|grasp|get|raise|fetch|hold|collect|seize|elevate|retrieve|bring up)\b"
)
_REFUSING = re.compile(r"\b(not|dont|never|avoid|except|without|stop)\b|n['’]t\b")
_COLOUR = re.compile(r"\b(red|green|blue)\b")


def phrasings(colour: str, *, held_out: bool = False) -> tuple[str, ...]:
    """Ways of asking for the cube of a colour.

    Args:
        colour: red, green or blue.
        held_out: Those kept from training, to judge a policy by; the two sets share no sentence.

    Returns:
        Lower-case sentences; the plain "pick up the red cube" is the first of the training set.
    """
    every = [_PLAIN.format(colour)]
    for number, (verb, noun) in enumerate((verb, noun) for verb in _VERBS for noun in _NOUNS):
        for style in range(len(_POLITE)):
            if (number + style) % 4 == 0 or style == 0:
                every.append(_POLITE[style].format(f"{verb} the {colour} {noun}"))
    every += [form.format(colour, noun=noun) for form in _SPLIT for noun in _NOUNS]
    unique = list(dict.fromkeys(every))
    # Every fifth sentence is held out; 0 is the plain one.
    return tuple(sentence for number, sentence in enumerate(unique) if (number % 5 == 3) == held_out)


def requested_colour(instruction: str) -> str | None:
    """Understands which cube an instruction asks to lift.

    Args:
        instruction: A sentence in English, any case.

    Returns:
        red, green or blue; None where it does not ask for lifting, names no or several colours, or says not to.
    """
    words = instruction.lower()
    colours = set(_COLOUR.findall(words))
    if len(colours) != 1 or not _LIFTING.search(words) or _REFUSING.search(words):
        return None
    found: str = colours.pop()
    return found
