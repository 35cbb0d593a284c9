"""Adapter protocol v1: how the judge drives a client that may be written in any language.

An adapter is a small program around a client. It is started once, reads one JSON object per line (UTF-8, at most 1 MiB
with its line end) from stdin and writes one per line to stdout; stderr is its own. One case runs at a time::

    kit      {"type":"hello","protocols":[1],"kit":"0.1.0","run":"7f3a"}
    adapter  {"type":"hello","protocol":1,"client":{"name":"acme","version":"2.3","language":"go"},
              "ops":["download","poll"],"capabilities":["virtual_sleep","json","cancel"]}
    kit      {"type":"run","id":"case-1","op":"download","base_url":"http://127.0.0.1:41007/t/case-1/v1/",
              "credentials":{"key":"…","secret":"…"},"args":{"collection":"f000001","dest":"/tmp/…/package.zip"},
              "options":{"format":"json","deadline_ms":60000},"now_ms":1790000000000}
    adapter  {"type":"sleep","id":"case-1","ms":2000,"why":"poll"}                      only with virtual_sleep
    kit      {"type":"wake","id":"case-1","now_ms":1790000002000}
    adapter  {"type":"event","id":"case-1","kind":"progress","status":"PROCESSING"}     as often as it likes
    adapter  {"type":"result","id":"case-1","outcome":"ok","value":{"status":"COMPLETE"},
              "file":{"bytes":8123,"sha256":"…"}}
    kit      {"type":"bye"}                then end of input; after 3 s SIGTERM to the process group, after 5 s SIGKILL

**Requests belong to a case by their URL.** Each case has a base URL of its own, so a client sends no header that the
vendor does not know.

**Sleep is a message.** A client whose sleep can be handed in declares `virtual_sleep`, asks the kit to sleep, and takes
the time from `now_ms` (whole milliseconds): the kit moves the clock of the fake on by exactly that much and wakes it.
In between time stands still, whatever the machine does. A client that cannot do that runs in real time, with fewer
cases, and the report says so. `cancel` comes to a sleeping client only: first `cancel`, then the `wake` that ends its
sleep early. So an adapter needs no thread.

**Fields that are unknown are ignored, messages that are unknown are not.** What breaks the protocol (a crash, silence,
a line that is no message, an id that is not the running one, a second result) is an adapter fault: it is charged to the
case that runs, the process is started anew, the other cases are kept. It is neither a pass nor proof of a broken rule.
A result `unsupported` is in order only where the adapter lacks the capability that the case needs.

Who does what: `messages` declares the lines (the schemas in `spec/adapter/` are generated from it), `conversation`
knows which may come when, `channel` moves lines with limits and patience, `process` and `attach` get hold of an
adapter, `session` runs a case and lets its time pass, `program` does the same with a process per case and no protocol.
"""
