"""How the command of a client can be run, in words: `--help` shows them before the rest is imported."""

MODES = {
    "persistent": "one process for all cases, which speaks the adapter protocol",
    "exec": "one process for each case: a program with {collection} and {dest}, or {action} and {params}, as arguments",
}
PARAMS = "{params}"
PLACEHOLDERS = {
    "{collection}": "the collection's hash",
    "{dest}": "the file to make",
    "{action}": "the method to call, for programs that call any method",
    PARAMS: "becomes one argument name=value for each parameter, name=@path for each file",
    "{base_url}": "the API's address (also FLIPSNACK_BASE_URL)",
    "{format}": "json, jsonp or xml",
    "{deadline_s}": "seconds that all of it may take",
}
