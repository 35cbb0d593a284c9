# The Flipsnack API v1 for bash with curl and md5sum: sign, upload, poll, download. To be sourced.
# Reads FLIPSNACK_API_KEY, FLIPSNACK_SECRET, FLIPSNACK_BASE_URL (all calls but uploads) and FLIPSNACK_UPLOAD_URL.
# A function that fails returns the code of the API, or 1, and says why on the standard error.

FLIPSNACK_BASE_URL=${FLIPSNACK_BASE_URL:-http://localhost:3547/v1/}
FLIPSNACK_UPLOAD_URL=${FLIPSNACK_UPLOAD_URL:-$FLIPSNACK_BASE_URL}
flipsnack_wait="sleep" # the command that waits for a number of seconds

# flipsnack_sign NAME=VALUE…: prints the MD5 of the secret, followed by name and value of each parameter in the order of
# the names. A file is not signed; a value is one line.
flipsnack_sign() {
    local sorted
    sorted=$(printf '%s\n' "$@" | LC_ALL=C sort -t= -k1,1 | sed 's/=//' | tr -d '\n')
    printf %s "$FLIPSNACK_SECRET$sorted" | md5sum | cut -c1-32
}

# flipsnack_field NAME: prints the text NAME of the JSON on the standard input, where it is found first.
flipsnack_field() {
    grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d'"' -f4 | sed 's#\\/#/#g'
}

# flipsnack_call ACTION [NAME=VALUE…]: prints the answer. For calls that can be repeated without harm: each but
# collection.create. A limit, maintenance and HTTP 5xx are waited for, and the call is repeated four times at most.
flipsnack_call() {
    local params=("action=$1" "apiKey=$FLIPSNACK_API_KEY" "${@:2}") signature query=() one answer
    signature=$(flipsnack_sign "${params[@]}")
    for one in "${params[@]}" "signature=$signature"; do query+=(--data-urlencode "$one"); done
    for _ in {1..5}; do
        answer=$(curl -sS -G "${query[@]}" -w '\n%{http_code}' "$FLIPSNACK_BASE_URL") || return 1
        case "$(flipsnack_code "$answer")" in
            20) printf '%s\n' "${answer%$'\n'*}"; return ;;
            22) "$flipsnack_wait" 30 ;;
            31) "$flipsnack_wait" 1 ;;
            32) "$flipsnack_wait" 60 ;;
            HTTP\ 5*) "$flipsnack_wait" 5 ;;
            *) break ;;
        esac
    done
    flipsnack_refused "$answer"
}

# flipsnack_create FILE [NAME=VALUE…]: uploads and prints the answer. An upload is sent once: repeated blindly, it could
# make a second collection.
flipsnack_create() {
    local params=("action=collection.create" "apiKey=$FLIPSNACK_API_KEY" "${@:2}") signature form=() one answer
    signature=$(flipsnack_sign "${params[@]}")
    for one in "${params[@]}" "signature=$signature"; do form+=(--form-string "$one"); done
    answer=$(curl -sS "${form[@]}" -F "file=@$1" -w '\n%{http_code}' "$FLIPSNACK_UPLOAD_URL") || return 1
    [ "$(flipsnack_code "$answer")" = 20 ] || flipsnack_refused "$answer" || return
    printf '%s\n' "${answer%$'\n'*}"
}

# flipsnack_poll ACTION FIELD HASH: prints the answer in which the text FIELD is COMPLETE.
flipsnack_poll() {
    local answer
    for _ in {1..150}; do
        answer=$(flipsnack_call "$1" "collectionHash=$3") || return
        case "$(flipsnack_field "$2" <<<"${answer#*\"data\"}")" in
            complete | COMPLETE) printf '%s\n' "$answer"; return ;;
            failed | FAILED) echo "$1 of $3 has failed" >&2; return 1 ;;
        esac
        "$flipsnack_wait" 2
    done
    echo "$1 of $3 was not COMPLETE after 150 polls" >&2
    return 1
}

# The name flipbookStatus is the fake's: no page of the vendor says in which field the conversion is reported.
flipsnack_wait_converted() {
    flipsnack_poll collection.getCollection flipbookStatus "$1" >/dev/null
}

# flipsnack_package_url HASH: prints the URL that serves the package for one minute.
flipsnack_package_url() {
    local job
    job=$(flipsnack_poll collection.downloadHTML status "$1") && flipsnack_field resourceUrl <<<"$job"
}

# flipsnack_download URL FILE: the file appears when it is complete; curl fails at a body that is cut off (18), and at an
# expired link (22).
flipsnack_download() {
    local status=0
    { curl -sS --fail -o "$2.part" "$1" && mv "$2.part" "$2"; } || status=$?
    rm -f "$2.part"
    return "$status"
}

# The code of an answer, or "HTTP" and its status.
flipsnack_code() {
    case "${1##*$'\n'}" in
        200) grep -o '"code":[0-9]*' <<<"$1" | head -n 1 | cut -d: -f2 ;;
        *) echo "HTTP ${1##*$'\n'}" ;;
    esac
}

flipsnack_refused() {
    local code
    code=$(flipsnack_code "$1")
    printf 'refused: %s\n' "${1%$'\n'*}" >&2
    case $code in HTTP*) return 1 ;; *) return "$code" ;; esac
}
