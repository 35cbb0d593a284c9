#!/usr/bin/env bash
# The tests of flipsnack.sh, against the fake at FLIPSNACK_BASE_URL. Prints TAP; fails when one of them does.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit
. ./flipsnack.sh

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
count=0 failed=0

# control PATH [JSON]: posts to the control plane of the fake, for the account of this test.
control() {
    curl -sS --fail -o "$folder/answer" -d "${2:-}" "${FLIPSNACK_BASE_URL%v1/}__admin/accounts/$FLIPSNACK_API_KEY/$1"
}

# Waiting moves the clock of the account, so a test takes no time.
advance() {
    echo "$1" >>"$folder/slept"
    control clock/advance "{\"seconds\": $1}"
}
flipsnack_wait=advance

equal() {
    [ "$1" = "$2" ] || { echo "# expected $1, got $2"; return 1; }
}

slept() {
    equal "$*" "$(xargs <"$folder/slept")"
}

# Each test has an account of its own, which a reset empties: a key that begins with `test-` exists when it is used.
check() {
    count=$((count + 1))
    FLIPSNACK_API_KEY=test-shell-$count FLIPSNACK_SECRET=secret-test-shell-$count
    rm -f "$folder"/*
    : >"$folder/slept"
    if control reset && control clock/freeze && "$2" 2>"$folder/errors"; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        sed 's/^/# /' "$folder/errors"
        failed=1
    fi
}

vendors_example() {
    FLIPSNACK_SECRET=123ABCDE-456-7890-FGH
    equal 26e781d3d1751d82ec284acf4a019def \
        "$(flipsnack_sign apiKey=45FD-267-7SG7832 collectionHash=fxh4k89 action=collection.getCollection)"
}

whole_life() {
    local made hash link
    made=$(flipsnack_create ../document.pdf 'title=Spring & summer') || return
    equal 'Spring & summer' "$(flipsnack_field collectionTitle <<<"$made")" || return
    hash=$(flipsnack_field collectionHash <<<"$made")
    flipsnack_wait_converted "$hash" || return
    link=$(flipsnack_package_url "$hash") || return
    flipsnack_download "$link" "$folder/package.zip" || return
    equal PK "$(head -c 2 "$folder/package.zip")"
}

expired_link() {
    local link
    link=$(flipsnack_package_url mock-complete) || return
    control clock/advance '{"seconds": 60}' || return
    flipsnack_download "$link" "$folder/package.zip"
    equal 22 $? || return
    link=$(flipsnack_package_url mock-complete) || return
    flipsnack_download "$link" "$folder/package.zip"
}

wrong_secret() {
    FLIPSNACK_SECRET='another secret'
    flipsnack_call user.getStats
    equal 44 $? && slept
}

limit_per_second() {
    local from
    for from in 0 1 2 3 4 5; do
        flipsnack_call collection.getList "from=$from" >"$folder/answer" || return
    done
    slept 1
}

failed_job() {
    ! flipsnack_package_url mock-failed && grep -q 'has failed' "$folder/errors"
}

server_error() {
    control faults '{"fault": {"kind": "status", "status": 503}, "count": 1}' || return
    flipsnack_call user.getStats >"$folder/answer" && slept 5
}

cut_off() {
    local link
    link=$(flipsnack_package_url mock-truncated) || return
    flipsnack_download "$link" "$folder/package.zip"
    equal 18 $? && ! compgen -G "$folder/package.zip*"
}

echo 1..8
check "the vendor's example has the vendor's signature" vendors_example
check 'a document is uploaded, converted, packaged and downloaded' whole_life
check 'a link expires after a minute, and a new call gives a new one' expired_link
check 'a wrong secret is code 44, and not repeated' wrong_secret
check 'the sixth call in a second is refused with code 31, and repeated a second later' limit_per_second
check 'a failed job is an error and not an endless wait' failed_job
check 'a call that meets HTTP 503 is repeated' server_error
check 'a package that is cut off leaves no file' cut_off
exit "$failed"
