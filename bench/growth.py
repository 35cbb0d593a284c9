"""How the cost of a call grows with what there is already, from 10 of it to 100,000: figures, and a picture of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlsplit

from bench.accounts import fill
from bench.figure import Figure
from bench.load import CONNECTIONS, run_load
from bench.memory import NO_LIMITS, resource_url
from bench.process import FAKE, Serving, serving
from bench.size import Size
from bench.state import put_collections
from bench.throughput import signed, signed_target

PICTURE = Path(__file__).with_name("results") / "growth.svg"
FEW = 5
SAMPLE = 10_000
# The bounds of the fake.
MOST_COLLECTIONS, MOST_PAGES = 10_000, 1_000


@dataclass(frozen=True)
class Point:
    """What a call costs among `count` of something: microseconds of the processor, and megabytes of the server."""

    count: int
    processor: float
    memory: float


@dataclass(frozen=True)
class Dimension:
    """Something that there may be more and more of.

    `prepare` lets a server have so many of it and gives the request targets to ask for, `env` has the settings for
    that. There are at most `most`. An answer that grows too is asked for over one of `connections`.
    """

    prepare: Callable[[Serving, int], list[str]]
    env: Callable[[int], Mapping[str, str]] = lambda _: {}
    most: int = 10**9
    connections: int = CONNECTIONS


def measure(size: Size) -> Iterator[Figure]:
    """Every dimension at every count, each with a server of its own; writes the picture."""
    lines: dict[str, list[Point]] = {}
    for name, dimension in DIMENSIONS.items():
        counts = _counts(min(size.growth, dimension.most))
        lines[name] = [_point(count, dimension, size) for count in counts]
        for point in lines[name]:
            of = f"{point.count:,} {name}"
            yield Figure("processor", point.processor, "µs", of=of)
            yield Figure("memory", point.memory, "MB", of=of)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture(lines))


def _counts(most: int) -> list[int]:
    return [10**exponent for exponent in range(1, len(str(most)))]


def _point(count: int, dimension: Dimension, size: Size) -> Point:
    with serving(FAKE, {**NO_LIMITS, **dimension.env(count)}) as server:
        targets = dimension.prepare(server, count)
        asked = targets[:: max(1, len(targets) // SAMPLE)]
        # What the first answers take once is no cost of the others: a package is built.
        run_load(server.url, asked, seconds=1, connections=dimension.connections)
        before = server.cpu_seconds()
        load = run_load(server.url, asked, seconds=size.seconds, connections=dimension.connections)
        return Point(count, 1_000_000 * (server.cpu_seconds() - before) / load.requests, server.megabytes())


def _asked(server: Serving, targets: list[str], count: int) -> list[str]:
    """`targets`, which were asked for round and round until there were `count` requests."""
    fill(server, islice(cycle(targets), count))
    return targets


def _keys(count: int) -> list[str]:
    return [signed_target(f"test-growth-{number}", "mock-complete") for number in range(count)]


def _journal(count: int) -> dict[str, str]:
    return {"FLIPSNACK_MOCK_JOURNAL_SIZE": str(count), "FLIPSNACK_MOCK_JOURNAL_TOTAL": str(count)}


def _accounts(count: int) -> dict[str, str]:
    # The documented accounts are there from the start.
    return {"FLIPSNACK_MOCK_MAX_ACCOUNTS": str(count + 100)}


def _list(server: Serving, count: int) -> list[str]:
    put_collections(server, "test-growth", count)
    return [signed("test-growth", "collection.getList")]


def _package(server: Serving, count: int) -> list[str]:
    parts = urlsplit(resource_url(server, pages=count))
    return [f"{parts.path}?{parts.query}"]


# A further dimension is a further line.
DIMENSIONS = {
    "requests before": Dimension(lambda server, count: _asked(server, _keys(FEW), count)),
    "keys": Dimension(lambda server, count: _asked(server, _keys(count), count), _accounts),
    "journal entries": Dimension(lambda server, count: _asked(server, _keys(1), count), _journal),
    "collections in a list": Dimension(_list, most=MOST_COLLECTIONS, connections=1),
    "pages of a package": Dimension(_package, most=MOST_PAGES, connections=1),
}


# --- the picture: a column for each dimension, with the processor time above and the memory below ---------------------

WIDTH, HEIGHT, LEFT, ABOVE = 260, 140, 65, 60
# For each row its field, what it shows, and its colour.
ROWS = (
    ("processor", "processor time of a request, µs", "#1f5fa8"),
    ("memory", "memory of the server, MB", "#b5541c"),
)


def picture(lines: Mapping[str, list[Point]]) -> str:
    """The points of each dimension as SVG; counts are logarithmic, costs begin at 0."""
    panels = [
        _panel(LEFT + column * (WIDTH + LEFT), ABOVE + row * (HEIGHT + ABOVE), name, points, *ROWS[row])
        for column, (name, points) in enumerate(lines.items())
        for row in range(len(ROWS))
    ]
    width, height = LEFT + len(lines) * (WIDTH + LEFT), ABOVE + len(ROWS) * (HEIGHT + ABOVE)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *panels, "</svg>", ""])


def _panel(left: float, top: float, name: str, points: list[Point], field: str, what: str, colour: str) -> str:
    values = [getattr(point, field) for point in points]
    highest = _rounded_up(1.1 * max(values))
    xs = [left + WIDTH * (place + 0.5) / len(points) for place in range(len(points))]
    ys = [top + HEIGHT * (1 - value / highest) for value in values]
    parts = [_text(left, top - 24, name, "black", "start"), _text(left, top - 8, what, colour, "start")]
    for share in (0, 0.5, 1):
        y = top + HEIGHT * (1 - share)
        parts.append(f'<line x1="{left}" x2="{left + WIDTH}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ccc"/>')
        parts.append(_text(left - 5, y + 4, f"{share * highest:,.0f}", "#555", "end"))
    parts += [
        _text(x, top + HEIGHT + 15, f"{point.count:,}", "#555", "middle") for x, point in zip(xs, points, strict=True)
    ]
    return "\n".join([*parts, *_line(xs, ys, values, colour)])


def _line(xs: list[float], ys: list[float], values: list[float], colour: str) -> Iterator[str]:
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in zip(xs, ys, strict=True))
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y, value in zip(xs, ys, values, strict=True):
        yield f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>'
        yield _text(x, y - 6, f"{value:,.0f}", colour, "middle")


def _rounded_up(value: float) -> float:
    """The next of 1, 2 and 5, with zeros behind it."""
    unit = 10.0 ** (len(str(int(value))) - 1)
    return next(step * unit for step in (1, 2, 5, 10) if value <= step * unit)


def _text(x: float, y: float, text: str, colour: str, anchor: str) -> str:
    # A white border keeps it readable where it stands on a line.
    border = 'stroke="white" stroke-width="3" paint-order="stroke"'
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="11" fill="{colour}" text-anchor="{anchor}" {border}>{text}</text>'
