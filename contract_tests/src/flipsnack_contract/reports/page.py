"""One HTML file that needs nothing else: to attach to a build and to read in a browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from flipsnack_contract.contract.ledger import rule
from flipsnack_contract.reports.words import counted, notable, story
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["page"]


def page(results: Sequence[Result]) -> str:
    """What needs a reader first and in full, then every check in a table."""
    body = "\n".join(_body(results))
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Flipsnack contract: {escape(counted(results))}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _body(results: Sequence[Result]) -> Iterator[str]:
    yield f"<h1>Flipsnack contract</h1>\n<p class=counts>{_counts(results)}</p>"
    found = notable(results)
    yield f"<h2>What needs a reader ({len(found)})</h2>" if found else "<p>Every check that ran holds.</p>"
    for result in found:
        yield from _article(result)
    yield "<h2>Every check</h2>\n<div class=scroll><table>"
    yield "<thead><tr><th>outcome<th>check<th>examples<th>seconds<th>note</tr></thead>\n<tbody>"
    yield from map(_row, results)
    yield "</tbody></table></div>"


def _counts(results: Sequence[Result]) -> str:
    counts = [(outcome, sum(result.outcome is outcome for result in results)) for outcome in Outcome]
    return " ".join(f'<span class="{outcome}">{count} {outcome}</span>' for outcome, count in counts if count)


def _article(result: Result) -> Iterator[str]:
    cited = rule(result.rule)
    yield f'<article class="{result.outcome}">'
    yield f'<h3><span class="{result.outcome}">{result.outcome}</span> {escape(result.rule)}</h3>'
    yield f"<p>{escape(cited.statement)}</p>"
    yield f"<p class=source>{cited.level}, {cited.kind}; source: {escape(', '.join(cited.source))}</p>"
    yield f"<pre>{escape(chr(10).join(story(result)))}</pre>\n</article>"


def _row(result: Result) -> str:
    note = escape(result.message.partition("\n")[0][:200]) if result.outcome is not Outcome.PASSED else ""
    return (
        f'<tr><td><span class="{result.outcome}">{result.outcome}</span><td>{escape(result.check)}'
        f"<td>{result.examples}<td>{result.seconds:.2f}<td>{note}</tr>"
    )
