"""Prose that remembers what it is made of: sentences, and the points of those that go through several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

__all__ = ["Passage", "Sentence"]


@dataclass(frozen=True)
class Sentence:
    """A head and the points that it goes through, such as one per pair.

    Parameters
    ----------
    head : str
        What all points have in common, with the colon or comma that ends it; empty where each point has its own.
    points : tuple of str
        Without a full stop; a sentence without points is its head as it is.

    Examples
    --------
    >>> str(Sentence("BTC's latest correlation:", ("with SPX 0.43", "with GOLD 0.10")))
    "BTC's latest correlation: with SPX 0.43; with GOLD 0.10."
    """

    head: str
    points: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(filter(None, (self.head, f"{'; '.join(self.points)}."))) if self.points else self.head

    @property
    def is_list(self) -> bool:
        """Whether it is read more easily as a list: more than two points, or more than one with heads of their own."""
        return len(self.points) > (2 if self.head else 1)

    def mapped(self, change: Callable[[str], str]) -> Sentence:
        """Return the sentence with its head and each point changed."""
        return Sentence(change(self.head), tuple(map(change, self.points)))


class Passage(str):
    """A text in sentences; as a text it is their prose, one after another.

    Parameters
    ----------
    *parts : str, Sentence or Passage
        What it is made of, in order; empty texts are left out.

    Examples
    --------
    >>> told = Passage(Sentence("BTC's correlation:", ("with SPX 0.43", "with GOLD 0.10")), "Two pairs are left out.")
    >>> print(told)
    BTC's correlation: with SPX 0.43; with GOLD 0.10. Two pairs are left out.
    >>> [len(sentence.points) for sentence in Passage(told, "Caution.").sentences]
    [2, 0, 0]
    """

    sentences: tuple[Sentence, ...]

    def __new__(cls, *parts: str | Sentence) -> Self:  # noqa: D102
        sentences = [sentence for part in parts for sentence in _sentences(part) if str(sentence)]
        self = super().__new__(cls, " ".join(map(str, sentences)))
        self.sentences = tuple(sentences)
        return self

    def mapped(self, change: Callable[[str], str]) -> Passage:
        """Return the passage with each of its texts changed."""
        return Passage(*(sentence.mapped(change) for sentence in self.sentences))


def _sentences(part: str | Sentence) -> tuple[Sentence, ...]:
    if isinstance(part, Sentence):
        return (part,)
    return part.sentences if isinstance(part, Passage) else (Sentence(part),)
