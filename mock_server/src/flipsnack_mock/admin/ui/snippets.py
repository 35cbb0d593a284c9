"""A call as a curl command and as a program in Python, Node and PHP, which signs it with the secret of its account."""

import functools
import json
import shlex
from collections.abc import Sequence

import jinja2
import msgspec

from flipsnack_mock.admin.ui.repeat import Repeat, query_text

LANGUAGES = {"python": "Python", "node": "Node", "php": "PHP"}


class Snippet(msgspec.Struct, frozen=True):
    """The text of a call in one language."""

    name: str
    label: str
    text: str


def snippets(call: Repeat) -> Sequence[Snippet]:
    """The call in every language, curl first."""
    programs = [Snippet(name, label, _template(name).render(call=call)) for name, label in LANGUAGES.items()]
    return [Snippet("curl", "curl", curl(call)), *programs]


def curl(call: Repeat) -> str:
    """The command that makes `call`."""
    if call.sends == "multipart":
        fields = [word for pair in call.signed.items() for word in ("--form-string", "=".join(pair))]
        return _command(*fields, *(word for file in call.files for word in ("--form", _form_file(*file))), call.url)
    if call.sends == "form":
        return _command(call.url, "--data", query_text(call.signed))
    how = {"GET": (), "HEAD": ("-I",)}.get(call.method, ("-X", call.method))
    return _command(*how, f"{call.url}?{query_text(call.signed)}")


def _form_file(field: str, file_name: str) -> str:
    quoted = file_name.replace("\\", r"\\").replace('"', r"\"")
    return f'{field}=@"{quoted}"'


def _command(*arguments: str) -> str:
    return shlex.join(["curl", *arguments])


@functools.cache
def _template(name: str) -> jinja2.Template:
    # Each text is written as a literal of its language; HTML is escaped where the page shows the program.
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("flipsnack_mock.admin.ui"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"python": repr, "node": json.dumps, "php": _php}
    return environment.get_template(f"{name}.txt")


def _php(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
