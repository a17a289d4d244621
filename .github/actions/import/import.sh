#!/usr/bin/env bash
# Imports the key, and gives the results as outputs, annotations and a table in the job's summary.
set -euo pipefail
# shellcheck source=SCRIPTDIR/lib.sh
. "$GITHUB_ACTION_PATH/lib.sh"
need jq

work=$(mktemp -d "$RUNNER_TEMP/keyimport.XXXXXX")
trap 'rm -rf "$work"' EXIT
result=$work/result.json

# Ends the step if an input that goes with a role is empty.
need_input() {
  [[ -n $2 ]] || fail "the input \`$1\` is empty" "set it to $3"
}

# Writes a token of this job for an audience into a file that only this user may read: $work/NAME.
fetch_token() {
  local name=$1 audience=$2 response=$work/response message token
  need curl
  [[ -n ${ACTIONS_ID_TOKEN_REQUEST_URL:-} && -n ${ACTIONS_ID_TOKEN_REQUEST_TOKEN:-} ]] ||
    fail "this job may not have a token for $name" \
      "give it \`permissions: id-token: write\`; a pull request from a fork never gets one"
  # The bearer goes in by standard input, since every user of the machine sees arguments. The response goes to a file,
  # since one that breaks off holds a part of the token, and must not stand in the message.
  message=$(curl --proto '=https' --fail --silent --show-error --retry 3 --connect-timeout 10 --max-time 60 \
    --output "$response" --config - --get --data-urlencode "audience=$audience" "$ACTIONS_ID_TOKEN_REQUEST_URL" 2>&1 \
    <<<"header = \"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\"") ||
    fail "cannot fetch this job's token for $name: $message" "run the job again"
  token=$(jq -r '.value? // ""' "$response" 2>/dev/null | tr -d '\r') || token=
  rm -f "$response"
  [[ $token =~ ^[A-Za-z0-9_.-]+$ ]] || fail "the response to the request for this job's token for $name holds no token" "run the job again"
  echo "::add-mask::$token"
  (umask 077 && printf '%s' "$token" >"$work/$name")
}

if [[ -n $INPUT_ALIYUN_ROLE ]]; then
  need_input aliyun-provider "$INPUT_ALIYUN_PROVIDER" "the ARN of the identity provider"
  need_input aliyun-audience "$INPUT_ALIYUN_AUDIENCE" "a client ID of the identity provider"
  fetch_token aliyun "$INPUT_ALIYUN_AUDIENCE"
  export ALIBABA_CLOUD_ROLE_ARN=$INPUT_ALIYUN_ROLE ALIBABA_CLOUD_OIDC_PROVIDER_ARN=$INPUT_ALIYUN_PROVIDER
  export ALIBABA_CLOUD_OIDC_TOKEN_FILE=$work/aliyun
fi
if [[ -n $INPUT_AWS_ROLE ]]; then
  need_input aws-audience "$INPUT_AWS_AUDIENCE" "an audience of the identity provider"
  fetch_token aws "$INPUT_AWS_AUDIENCE"
  export AWS_ROLE_ARN=$INPUT_AWS_ROLE AWS_WEB_IDENTITY_TOKEN_FILE=$work/aws
fi
if [[ -n $INPUT_VOLCENGINE_ROLE ]]; then
  need_input volcengine-audience "$INPUT_VOLCENGINE_AUDIENCE" "a client ID of the identity provider"
  fetch_token volcengine "$INPUT_VOLCENGINE_AUDIENCE"
  export VOLCENGINE_OIDC_ROLE_TRN=$INPUT_VOLCENGINE_ROLE VOLCENGINE_OIDC_TOKEN_FILE=$work/volcengine
fi
if [[ -n $INPUT_TENCENT_ROLE ]]; then
  need_input tencent-provider "$INPUT_TENCENT_PROVIDER" "the name of the identity provider"
  need_input tencent-audience "$INPUT_TENCENT_AUDIENCE" "a client ID of the identity provider"
  fetch_token tencent "$INPUT_TENCENT_AUDIENCE"
  export TKE_ROLE_ARN=$INPUT_TENCENT_ROLE TKE_PROVIDER_ID=$INPUT_TENCENT_PROVIDER
  export TKE_WEB_IDENTITY_TOKEN_FILE=$work/tencent
fi

# Prints the lines of an input that are not empty.
lines() {
  sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d' <<<"$1"
}

arguments=(--output=json --verbose)
while IFS= read -r line; do arguments+=("--to=$line"); done < <(lines "$INPUT_TARGETS")
if [[ -n $INPUT_NAME ]]; then arguments+=("--name=$INPUT_NAME"); fi
while IFS= read -r line; do arguments+=("$line"); done < <(lines "$INPUT_OPTIONS")
arguments+=(--)
if [[ -n $INPUT_PUBLIC_KEY ]]; then
  [[ -z $INPUT_KEY ]] || fail "both \`key\` and \`public-key\` are given" "give one of them"
  arguments+=(-)
else
  [[ -n $INPUT_KEY ]] || fail "neither \`key\` nor \`public-key\` is given" "set \`key\` to the path of a public key file"
  while IFS= read -r line; do arguments+=("$line"); done < <(lines "$INPUT_KEY")
fi

# What a cloud says is no command to the runner. Messages go to standard output, since the runner reads the two
# streams in any order.
stop=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$stop"
code=0
keyimport "${arguments[@]}" 2>&1 >"$result" <<<"$INPUT_PUBLIC_KEY" || code=$?
echo "::$stop::"

# Asks the results; jq ends lines with CR LF on Windows.
query() {
  jq -r "$1" "$result" | tr -d '\r'
}

status=failed changed=unknown document=
if jq -e '.results' "$result" >/dev/null 2>&1; then
  document=$(query tojson)
  status=$(query '[.results[].status] | unique | if length == 1 then .[0] elif length == 0 then "failed" else "mixed" end')
  changed=$(query '[.results[].changed] | if any(. == true) then "true" elif any(. == null) then "unknown" else "false" end')
fi
{
  echo "status=$status"
  echo "changed=$changed"
  echo "exit-code=$code"
  printf 'json<<%s\n%s\n%s\n' "$stop" "$document" "$stop"
} >>"$GITHUB_OUTPUT"
if [[ -z $document ]]; then
  fail "keyimport ended with exit code $code and without results" "see the log of this step, and the input \`options\`"
fi

# Every character that Markdown or HTML could take for its own is written as its number.
query '
  def cell: tostring | gsub("(?<c>[^A-Za-z0-9 .,;:/+=-])"; "&#\(.c | explode[0]);");
  def row: "| " + (map(cell) | join(" | ")) + " |";
  def remark: if .error then "\(.error.kind): \(.error.message)" elif .verified then "verified: \(.verified)" else "" end;
  "### keyimport\n",
  (if .error then (.error.message | cell) + "\n\nHint: " + (.error.hint | cell) + "\n" else empty end),
  (if .results == [] then empty else
    "| status | cloud | region | name | key | remark |\n|---|---|---|---|---|---|",
    (.results[] | [.status, .provider, .region // "", .name // "", .key.sha256 // "", remark] | row),
    ""
  end)' >>"${GITHUB_STEP_SUMMARY:-/dev/null}"

query '
  def value: tostring | gsub("%"; "%25") | gsub("\r"; "%0D") | gsub("\n"; "%0A");
  def property: value | gsub(":"; "%3A") | gsub(","; "%2C");
  (.error // empty | "::error title=keyimport::" + ("\(.message) (hint: \(.hint))" | value)),
  (.results[]
    | select(.status as $status
      | ["imported", "already_present", "already_present_as", "would_import", "skipped"] | index($status) | not)
    | "::error title=" + ("keyimport: \(.provider) \(.region)" | property) + "::"
      + (if .error then "\(.error.message) (hint: \(.error.hint))" else .status end | value))'
exit "$code"
