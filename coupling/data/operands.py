"""What formulas are made of: their instruments in an order in which each stands after its own parts, and loops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coupling.data.instrument import Instrument, resolve

__all__ = ["find_loop", "in_order", "leaves"]


def in_order(wanted: Iterable[Instrument], define: Mapping[str, Instrument]) -> list[Instrument]:
    """Return instruments and all that their formulas are made of, each once and after its parts.

    The work grows with the number of instruments, however often each is used; a chain may be of any length.

    Examples
    --------
    >>> carry = Instrument(name="CARRY", kind="yield", formula="UST10Y - JGB10Y")
    >>> [item.name for item in in_order([carry], {"CARRY": carry})]
    ['UST10Y', 'JGB10Y', 'CARRY']
    """
    own = define if isinstance(define, dict) else dict(define)
    done: dict[str, Instrument] = {}
    opened: set[str] = set()
    waiting = list(wanted)[::-1]
    while waiting:
        item = waiting.pop()
        parts = () if item.formula is None or item.name in opened else item.operands[::2]
        later = [name for name in parts if name not in done]
        opened.add(item.name)
        if later:
            waiting += [item, *(resolve(name, own) for name in reversed(later))]
        else:
            done.setdefault(item.name, item)
    return list(done.values())


def leaves(wanted: Iterable[Instrument], define: Mapping[str, Instrument]) -> list[Instrument]:
    """Return the instruments with sources, each once: those wanted, and those that formulas are made of."""
    return [item for item in in_order(wanted, define) if item.formula is None]


def find_loop(define: Mapping[str, Instrument]) -> list[str]:
    """Return the names along a loop of formulas, the first again at the end; nothing where there is none.

    Examples
    --------
    >>> one = Instrument(name="A", kind="price", formula="B + SPX")
    >>> find_loop({"A": one, "B": Instrument(name="B", kind="price", formula="BTC - A")})
    ['A', 'B', 'A']
    """
    made = {name: item.operands[::2] for name, item in define.items() if item.formula}
    parts = {name: [one for one in names if one in made] for name, names in made.items()}
    done: set[str] = set()
    for start in parts:
        way: dict[str, list[str]] = {}
        name: str | None = start
        while name is not None:
            left = way.setdefault(name, [one for one in parts.get(name, []) if one not in done])
            following = left.pop() if left else None
            if following is not None and following in way:
                names = list(way)
                return [*names[names.index(following) :], following]
            if following is None:
                done.add(way.popitem()[0])
                following = next(reversed(way), None)
            name = following
    return []
