"""When to kill: every point in its turn, in an order and with numbers that a seed decides."""

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random
from typing import Final

from .witness.orders import Kill, Point

# A start takes some two seconds, so that these hit it as well.
_EARLIEST: Final = 0.3
_LATEST: Final = 7.0

INCOMING: Final = (
    Point.CLAIM_BEFORE,
    Point.CLAIM_WITHIN,
    Point.CLAIM_AFTER,
    Point.FIRE_BEFORE,
    Point.FIRE_AFTER,
    Point.WRITE_BEFORE,
    Point.WRITE_WITHIN,
    Point.WRITE_AFTER,
    Point.STOPPING,
    Point.OUTSIDE,
    Point.OUTSIDE,
    Point.OUTSIDE,
)

OUTGOING: Final = (
    Point.WRITE_BEFORE,
    Point.WRITE_WITHIN,
    Point.WRITE_AFTER,
    Point.WRITE_AFTER,
    Point.POST_BEFORE,
    Point.POST_WITHIN,
    Point.POST_AFTER,
    Point.REPORT_BEFORE,
    Point.REPORT_AFTER,
    Point.STOPPING,
    Point.OUTSIDE,
    Point.OUTSIDE,
)


def choose_kills(points: Sequence[Point], number: int, random: Random) -> Iterator[Kill]:
    """Yield so many kills; each point comes as often as it stands in `points` before any comes again."""
    return islice(_endless(points, random), number)


def _endless(points: Sequence[Point], random: Random) -> Iterator[Kill]:
    while True:
        for point in random.sample(points, len(points)):
            yield _kill(point, random)


def _kill(point: Point, random: Random) -> Kill:
    match point:
        case Point.OUTSIDE:
            return Kill(point, delay=random.uniform(_EARLIEST, _LATEST))
        case Point.STOPPING:
            return Kill(point, delay=random.uniform(0, 0.6))
        case Point.CLAIM_WITHIN | Point.WRITE_WITHIN | Point.POST_WITHIN:
            return Kill(point, random.randint(1, 6), random.uniform(0.0001, 0.02))
        case _:
            return Kill(point, random.randint(1, 6))
