#!/usr/bin/env bash
# A client of bash and curl, judged without a protocol (--mode exec):
#   fetch.sh COLLECTION FILE DEADLINE     exit code 0: FILE is the package
#   fetch.sh --call ACTION NAME=VALUE...  exit code 0: the answer's data is on stdout; NAME=@FILE uploads a file
# Credentials and address: FLIPSNACK_API_KEY, FLIPSNACK_SECRET, FLIPSNACK_BASE_URL.
set -u -o pipefail
export LC_ALL=C # bytes, not letters: the signature is made over UTF-8
url=${FLIPSNACK_BASE_URL:-https://api.flipsnack.com/v1/}

fail() {
  echo "fetch: $1" >&2
  exit "${2:-1}"
}

# The arguments are NAME=VALUE; the names are signed in the order of their bytes, each with its value.
signature() {
  printf '%s\0' "${@/=/$'\1'}" | sort -z | tr -d '\0\1' | { printf '%s' "$FLIPSNACK_SECRET"; cat; } | md5sum |
    cut -c1-32
}

# curl reads the parameters from a file that only we can see: the arguments of a process are public.
quoted() {
  local option=$1 pair
  for pair in "${@:2}"; do
    pair=${pair//\\/\\\\}
    pair=${pair//$'\n'/\\n}
    printf '%s = "%s"\n' "$option" "${pair//\"/\\\"}"
  done
}

call() {
  set -- "apiKey=$FLIPSNACK_API_KEY" "$@"
  quoted data-urlencode "$@" "signature=$(signature "$@")" |
    curl --silent --show-error --max-time 30 --get --config - "$url"
}

# Files are not signed.
upload() {
  local pair fields=("apiKey=$FLIPSNACK_API_KEY") files=()
  for pair in "$@"; do
    if [[ $pair == *=@* ]]; then files+=("$pair"); else fields+=("$pair"); fi
  done
  { quoted form-string "${fields[@]}" "signature=$(signature "${fields[@]}")"; quoted form "${files[@]}"; } |
    curl --silent --show-error --max-time 300 --config - "${url/\/api.flipsnack/\/upload.flipsnack}"
}

if [[ ${1:-} == --call ]]; then
  method=call
  [[ $2 == collection.create ]] && method=upload
  answer=$($method "action=$2" "${@:3}") || fail 'no answer'
  [[ $answer =~ ^\{\"code\":20,[^{]*(\"data\":(.*))?\}$ ]] || fail "the API said no: $answer"
  echo "${BASH_REMATCH[2]:-{\}}"
  exit 0
fi
collection=$1 file=$2 deadline=${3:-1800}

ask() {
  call action=collection.downloadHTML "collectionHash=$collection"
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
