"""Right answers in a spelling that is unusual and legal."""

from collections.abc import Mapping

from flipsnack_contract.adapter.elsewhere import ODD_PATH
from flipsnack_contract.adapter.messages import Format
from flipsnack_contract.scenarios.fault_catalogue import CALL, TYPES, answer_of
from flipsnack_contract.scenarios.scenario import CALLBACK, ELSEWHERE, Fault

ODD_BODIES: Mapping[Format, Mapping[str, str]] = {
    "json": {
        "members in another order, and more of them": (
            '{"data": {"note": "} ] ) ;", "status": "PROCESSING"}, "x": [{}], "status": "OK", "code": 20}\n'
        ),
        "letters written as numbers": (
            '{"code":20,"st\\u0061tus":"\\u004fK","d\\u0061ta":{"status":"PROC\\u0045SSING"}}'
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
        "letters written as numbers": (
            CALLBACK + '({"code":20,"status":"\\u004fK","d\\u0061ta":{"status":"PROC\\u0045SSING"}})'
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
        "letters written as numbers": (
            "<response><code>2&#48;</code><status>OK</status><data><status>PROC&#x45;SSING</status></data></response>"
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


def odd_link(form: Format) -> Fault:
    """The fault that answers with the link of `ODD_LINKS`."""
    fault = answer_of(ODD_LINKS[form], TYPES[form])
    return Fault(name="a link with escapes", affects="nothing", fault=fault, when=CALL)
