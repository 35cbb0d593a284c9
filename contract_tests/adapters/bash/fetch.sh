#!/usr/bin/env bash
# A client of bash and curl, judged without a protocol (--mode exec): fetch.sh COLLECTION FILE DEADLINE
# Credentials and address: FLIPSNACK_API_KEY, FLIPSNACK_SECRET, FLIPSNACK_BASE_URL. Exit code 0: FILE is the package.
set -u -o pipefail
export LC_ALL=C # bytes, not letters: the signature is made over UTF-8
collection=$1 file=$2 deadline=${3:-1800}
url=${FLIPSNACK_BASE_URL:-https://api.flipsnack.com/v1/}
action=collection.downloadHTML

fail() {
  echo "fetch: $1" >&2
  exit "${2:-1}"
}

# The names in the order of their bytes: action, apiKey, collectionHash.
signature() {
  printf '%s' "${FLIPSNACK_SECRET}action${action}apiKey${FLIPSNACK_API_KEY}collectionHash${collection}" | md5sum |
    cut -c1-32
}

# curl reads the parameters from a file that only we can see: the arguments of a process are public.
quoted() {
  local text=${1//\\/\\\\}
  printf 'data-urlencode = "%s=%s"\n' "$2" "${text//\"/\\\"}"
}

ask() {
  { quoted "$action" action; quoted "$FLIPSNACK_API_KEY" apiKey; quoted "$collection" collectionHash
    quoted "$(signature)" signature; } | curl --silent --show-error --max-time 30 --get --config - "$url"
}

# As much JSON as an answer of this method holds: the first number `code`, the texts inside `data`.
code() { sed -n 's/^{[^{]*"code" *: *\([0-9]\{1,\}\).*/\1/p' <<<"$1"; }
data() {
  sed -n 's/.*"data" *: *{.*"'"$2"'" *: *"\(\([^"\\]\|\\.\)*\)".*/\1/p' <<<"$1" | sed 's|\\/|/|g; s/\\u0026/\&/g'
}

# Whether a failed attempt may be followed by another after `$1` seconds; if so, waits.
again() {
  ((SECONDS + $1 < deadline)) || fail "no package within $deadline s" 3
  sleep "$1"
}

save() {
  local status
  status=$(curl --silent --show-error --max-time 300 --output "$file.part" --write-out '%{http_code}' "$1") || return 1
  [[ $status == 200 ]] || return 2
  tail -c 65557 "$file.part" | grep -qaF $'PK\x05\x06' || fail 'the package is not a whole zip'
  mv "$file.part" "$file"
}

trap 'rm -f "$file.part"' EXIT
failures=0 refused=0
while ((failures < 8)); do
  if ! answer=$(ask 2>&1); then
    again $((2 ** failures++))
    continue
  fi
  case $(code "$answer") in
    20) ;;
    22 | 31 | 32) again $((10 + 2 ** failures++)); continue ;;
    *) fail "the API said no: $(tr -d '\n' <<<"$answer" | cut -c1-200)" ;;
  esac
  case $(data "$answer" status) in
    PROCESSING) again 2 ;;
    FAILED) fail 'the package could not be generated' ;;
    COMPLETE)
      save "$(data "$answer" resourceUrl)" && exit 0
      (($? == 2 && refused++)) && fail 'the link was refused twice'
      again $((2 ** failures++)) ;;
    *) fail 'an unknown status' ;;
  esac
done
fail 'it did not work after 8 attempts'
