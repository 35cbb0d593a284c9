"""How the cost of a call grows with what there is already, from 10 of it to 100,000: figures, and a picture of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from bench.accounts import fill
from bench.figure import Figure
from bench.load import run_load
from bench.memory import NO_LIMITS
from bench.process import FAKE, serving
from bench.size import Size
from bench.throughput import signed_target

PICTURE = Path(__file__).with_name("results") / "growth.svg"
FEW = 5
SAMPLE = 10_000


@dataclass(frozen=True)
class Point:
    """What a call costs among `count` of something: microseconds of the processor, and megabytes of the server."""

    count: int
    processor: float
    memory: float


def measure(size: Size) -> Iterator[Figure]:
    """Every dimension at every count, each with a server of its own; writes the picture."""
    lines: dict[str, list[Point]] = {}
    for name, prepare in DIMENSIONS.items():
        lines[name] = [_point(count, *prepare(count), size) for count in _counts(size.growth)]
        for point in lines[name]:
            of = f"{point.count:,} {name}"
            yield Figure("processor", point.processor, "µs", of=of)
            yield Figure("memory", point.memory, "MB", of=of)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture(lines))


def _counts(most: int) -> list[int]:
    return [10**exponent for exponent in range(1, len(str(most)))]


def _point(count: int, env: Mapping[str, str], targets: list[str], size: Size) -> Point:
    with serving(FAKE, {**NO_LIMITS, **env}) as server:
        fill(server, islice(cycle(targets), count))
        asked = targets[:: max(1, len(targets) // SAMPLE)]
        before = server.cpu_seconds()
        load = run_load(server.url, asked, seconds=size.warm_up)
        return Point(count, 1_000_000 * (server.cpu_seconds() - before) / load.requests, server.megabytes())


def _keys(count: int) -> list[str]:
    return [signed_target(f"test-growth-{number}", "mock-complete") for number in range(count)]


def _journal(count: int) -> dict[str, str]:
    return {"FLIPSNACK_MOCK_JOURNAL_SIZE": str(count), "FLIPSNACK_MOCK_JOURNAL_TOTAL": str(count)}


# For so many of each: the settings, and the request targets that are asked for round and round until there are as many
# requests. A further dimension is a further line.
DIMENSIONS: dict[str, Callable[[int], tuple[Mapping[str, str], list[str]]]] = {
    "requests before": lambda _: ({}, _keys(FEW)),
    "keys": lambda count: ({}, _keys(count)),
    "journal entries": lambda count: (_journal(count), _keys(1)),
}


# --- the picture: a panel for each dimension, with a line for the processor time and one for the memory ---------------

WIDTH, HEIGHT, MARGIN = 300, 180, 50
# For each line its colour, what it is, and how far from it its numbers stand.
STYLES = {
    "processor": ("#1f5fa8", "µs of the processor a request", -6),
    "memory": ("#b5541c", "MB of memory", 14),
}


def picture(lines: Mapping[str, list[Point]]) -> str:
    """The points of each dimension as SVG; counts are logarithmic, costs begin at 0."""
    panels = [_panel(number, name, points) for number, (name, points) in enumerate(lines.items())]
    legend = [
        _text(MARGIN + 220 * number, 18, label, colour) for number, (colour, label, _) in enumerate(STYLES.values())
    ]
    width, height = len(lines) * (WIDTH + MARGIN) + MARGIN, HEIGHT + 2 * MARGIN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *legend, *panels, "</svg>", ""])


def _panel(number: int, name: str, points: list[Point]) -> str:
    left = MARGIN + number * (WIDTH + MARGIN)
    parts = [f'<rect x="{left}" y="{MARGIN}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>']
    parts.append(_text(left, MARGIN - 10, name, "#000"))
    xs = [left + WIDTH * (place + 0.5) / len(points) for place in range(len(points))]
    parts += [
        _text(x - 15, MARGIN + HEIGHT + 15, f"{point.count:,}", "#000") for x, point in zip(xs, points, strict=True)
    ]
    for field, (colour, _, distance) in STYLES.items():
        parts += _line(xs, [getattr(point, field) for point in points], colour, distance)
    return "\n".join(parts)


def _line(xs: list[float], values: list[float], colour: str, distance: int) -> Iterator[str]:
    top = 1.2 * max(values)
    places = [(x, MARGIN + HEIGHT * (1 - value / top)) for x, value in zip(xs, values, strict=True)]
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for (x, y), value in zip(places, values, strict=True):
        yield _text(x - 8, y + distance, f"{value:.0f}", colour)


def _text(x: float, y: float, text: str, colour: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="11" fill="{colour}">{text}</text>'
