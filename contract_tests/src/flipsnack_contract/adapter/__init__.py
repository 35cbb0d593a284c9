"""Adapter protocol v1: how the kit drives a client in any language.

An adapter is a small program around a client. The kit starts it once. It reads one JSON object per line (UTF-8, at
most 1 MiB with its line end) from stdin and writes one per line to stdout; stderr is free. One case runs at a time.
`docs/judge-client.md` shows a conversation and says what each message means. After `bye` and the end of its input
an adapter has 3 s; then SIGTERM goes to its process group, and 2 s later SIGKILL.

**A request belongs to a case by its URL.** Each case has a base URL of its own, so a client sends no header that the
vendor does not know.

**Sleep is a message.** The kit moves the fake's clock on by exactly that much and wakes the client; between two sleeps
time stands still. A `cancel` comes only while a client sleeps: first `cancel`, then the `wake` that ends its sleep
early. So an adapter needs no thread.

**Unknown fields are ignored; unknown messages are faults.** What breaks the protocol counts for the running case only,
as neither a pass nor a broken rule; the kit starts the process again. A result `unsupported` is right only when the
adapter lacks a capability that the case needs."""
