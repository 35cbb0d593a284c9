"""Adapter protocol v1: how the kit drives a client in any language.

An adapter is a small program around a client. The kit starts it once. It reads one JSON object per line (UTF-8, at
most 1 MiB with its line end) from stdin and writes one per line to stdout; stderr is free. One case runs at a time::

    kit      {"type":"hello","protocols":[1],"kit":"0.1.0","run":"7f3a"}
    adapter  {"type":"hello","protocol":1,"client":{"name":"acme","version":"2.3","language":"go"},
              "ops":["download","poll","call"],"capabilities":["virtual_sleep","json","cancel"]}
    kit      {"type":"run","id":"case-1","op":"download","base_url":"http://127.0.0.1:41007/t/case-1/v1/",
              "credentials":{"key":"…","secret":"…"},"args":{"collection":"f000001","dest":"/tmp/…/package.zip"},
              "options":{"format":"json","deadline_ms":60000},"now_ms":1790000000000}
    adapter  {"type":"sleep","id":"case-1","ms":2000,"why":"poll"}                      only with virtual_sleep
    kit      {"type":"wake","id":"case-1","now_ms":1790000002000}
    adapter  {"type":"event","id":"case-1","kind":"progress","status":"PROCESSING"}     at any time
    adapter  {"type":"result","id":"case-1","outcome":"ok","value":{"status":"COMPLETE"},
              "file":{"bytes":8123,"sha256":"…"}}
    kit      {"type":"bye"}                then end of input; after 3 s SIGTERM to the process group, after 5 s SIGKILL

**A request belongs to a case by its URL.** Each case has a base URL of its own, so a client sends no header that the
vendor does not know.

**Sleep is a message.** A client into which a sleep function can be injected declares `virtual_sleep`, sends a sleep
to the kit, and takes the time from `now_ms` (whole milliseconds): the kit moves the fake's clock on by exactly that
much and wakes the client. Between two sleeps time stands still. A client without virtual sleep runs in real time with
fewer cases, and the report says so. A `cancel` comes only while a client sleeps: first `cancel`, then the `wake` that
ends its sleep early. So an adapter needs no thread.

**A call is an operation.** `call` calls any method of the API: `action` is its name, `params` are its parameters by
name, `files` the paths of uploads by the name of their parameter. Its value is the data of the answer::

    kit      {"type":"run","id":"case-2","op":"call","args":{"action":"collection.downloadHTML",
              "params":{"collectionHash":"f000001"},"files":{}}, …}
    adapter  {"type":"result","id":"case-2","outcome":"ok","value":{"status":"PROCESSING"}}

**Unknown fields are ignored; unknown messages are faults.** What breaks the protocol (a crash, a hang, a line that is
not a message, a wrong id, a second result) is a fault of the adapter. It counts for the running case only, as neither
a pass nor a broken rule; the kit starts the process again. A result `unsupported` is right only when the adapter
lacks a capability that the case needs.

Modules: `messages` declares the lines (the schemas in `spec/adapter/` are generated from it), `protocol_state` knows
which may come when, `channel` reads and writes lines, `process` starts and ends an adapter, `case_run` lets the time of
a case pass and stops it, `session` runs cases through an adapter, `program` through a program without the protocol,
`adapter_check` checks an adapter."""
