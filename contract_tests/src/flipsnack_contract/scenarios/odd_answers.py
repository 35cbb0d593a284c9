"""Right answers in a spelling that is unusual and legal."""

import base64
from collections.abc import Mapping

from flipsnack_contract.adapter.elsewhere import ODD_PATH
from flipsnack_contract.adapter.messages import Format
from flipsnack_contract.scenarios.event import SHOW
from flipsnack_contract.scenarios.fault_catalogue import CALL, TYPES, answer_of
from flipsnack_contract.scenarios.scenario import CALLBACK, ELSEWHERE, Fault

ODD_BODIES: Mapping[Format, Mapping[str, str]] = {
    "json": {
        "members in another order, and more of them": (
            '{"data": {"note": "} ] ) ;", "status": "PROCESSING"}, "x": [{}], "status": "OK", "code": 20}\n'
        ),
        "blanks wherever they may be": (
            '\r\n\t { "code" :\n20 ,\t"status" : "OK" , "data" : { "status"\r\n: "PROCESSING" } } \r\n\n'
        ),
        "members of every kind that are not known": (
            '{"code":20,"status":"OK","trace":null,"warnings":[],"cached":false,"took":1.5e-3,"code2":43,'
            '"data":{"status":"PROCESSING","resourceUrl":null,"data":{"status":"FAILED","code":44},"n":-0.0}}'
        ),
    },
    "jsonp": {
        "blanks and a comment around the call": (
            f'/**/ {CALLBACK}( {{"data": {{"status": "PROCESSING", "n": "); {{"}}, "status": "OK", "code": 20}} ) ;\n'
        ),
    },
    "xml": {
        "elements in another order, and more of them": (
            "<response>\n <data>\n  <note>a &gt; b</note><status>PROCESSING</status>\n </data>\n"
            " <status>OK</status> <code>20</code>\n</response>\n"
        ),
        "comments and instructions in the text": (
            "<response><!-- 1 --><code>20</code><status>OK</status><data><status>PROC<!-- 2 -->ESS<?x y?>ING"
            "</status><?x z?></data></response>"
        ),
        "text in CDATA sections": (
            "<?xml version='1.0' encoding='UTF-8' standalone=\"yes\"?>\n<response><code><![CDATA[20]]></code>"
            "<status><![CDATA[OK]]></status><data><status>PROC<![CDATA[ESSING]]></status><note><![CDATA[<status>"
            "FAILED</status>]]></note></data></response>"
        ),
        "attributes, and elements without content": (
            '<?xml version="1.0"?><response took=\'1 > 0\' ><code type="int" >20</code ><status a="">OK</status><note/>'
            '<data ><empty></empty><status x="FAILED">PROCESSING</status></data></response>'
        ),
    },
}
"""PROCESSING in an unusual spelling."""

ODD_VALUES: Mapping[Format, str] = {
    "json": (
        '{"data": {"collectionHash": "f000001", "title": " \\ud83d\\ude00 \\"\\\\\\/\\u2028 \\u00e9e\\u0301\\t", '
        '"count": -0.5e1, '
        '"largest": 9007199254740991, "none": null, "no": false, "list": [], "deep": {"a": [1, [2], {"b": ""}]}, '
        '"code": 43, "status": "FAILED", "data": {"x": 1}}, "status": "OK", "code": 20}'
    ),
    "jsonp": CALLBACK
    + '({"code":20,"status":"OK","data":{"title":"a); b(\\"c\\");//","description":"*/ é\\u2029\u2028"}});',
    "xml": (
        "<response><code>20</code><status>OK</status><data><collectionHash>f000001</collectionHash><title> &lt;a&gt; "
        "&amp;amp; &#x1F600;<![CDATA[ ]]&gt; <b> ]]>&quot;</title><description>\n two\tlines\n</description>"
        "<code>43</code><status>FAILED</status><flipbooks><item><title>x</title><status>y</status></item></flipbooks>"
        "</data></response>"
    ),
}
"""Data of a call with values of every kind, in unusual spellings."""

LINK = ELSEWHERE + ODD_PATH
_IN_JSON = '{"code":20,"status":"OK","data":{"status":"COMPLETE","resourceUrl":"' + LINK.replace("&", "\\u0026") + '"}}'
_IN_XML = LINK.replace("&", "<![CDATA[&]]>").replace("=", "&#x3D;")
ODD_LINKS: Mapping[Format, str] = {
    "json": _IN_JSON,
    "jsonp": f"{CALLBACK}({_IN_JSON});",
    "xml": (
        "<response><code>20</code><status>OK</status><data><status>COMPLETE</status>"
        f"<resourceUrl>{_IN_XML}</resourceUrl></data></response>"
    ),
}
"""COMPLETE with a link that an answer has to write otherwise than it is."""

CONTENT_TYPES: Mapping[Format, str] = {
    "json": 'Application/JSON ; Charset="UTF-8"',
    "jsonp": "text/javascript;charset=utf-8",
    "xml": "text/xml; charset='utf-8'",
}
"""Media types in another spelling, or an older name of the same."""


def odd_answer(name: str, form: Format) -> Fault:
    """The fault that answers once with that body of `ODD_BODIES`."""
    fault = answer_of(ODD_BODIES[form][name], CONTENT_TYPES[form])
    return Fault(name=name, affects="nothing", fault=fault, when=CALL, count=1)


def odd_values(form: Format) -> Fault:
    """The fault that answers a call that shows a collection with `ODD_VALUES`."""
    fault = answer_of(ODD_VALUES[form], CONTENT_TYPES[form])
    return Fault(name="values of every kind", affects="nothing", fault=fault, when={"action": SHOW})


def encoded_answer(encoding: str) -> Fault:
    """The fault that answers once with PROCESSING in XML in another encoding, which the answer declares."""
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><response><code>20</code><status>OK: é</status>'
    raw = f"{text}<data><status>PROCESSING</status></data></response>".encode(encoding)
    fault = answer_of("", "application/xml") | {"body_base64": base64.b64encode(raw).decode()}
    return Fault(name=f"XML in {encoding}", affects="nothing", fault=fault, when=CALL, count=1)


def odd_link(form: Format) -> Fault:
    """The fault that answers with the link of `ODD_LINKS`."""
    fault = answer_of(ODD_LINKS[form], TYPES[form])
    return Fault(name="a link with escapes", affects="nothing", fault=fault, when=CALL)
