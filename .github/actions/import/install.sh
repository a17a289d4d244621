#!/usr/bin/env bash
# Puts keyimport on the PATH: the one that is there, or a released one whose checksum is right.
set -euo pipefail
# shellcheck source=SCRIPTDIR/lib.sh
. "$GITHUB_ACTION_PATH/lib.sh"

version=${INPUT_VERSION#v}
if command -v keyimport >/dev/null; then
  found=$(keyimport --version) || fail "$(command -v keyimport) does not start" "repair it, or take it off the PATH"
  if [[ -z $version || $found == "keyimport $version" ]]; then
    echo "$found is on the PATH: $(command -v keyimport)"
    exit
  fi
fi

# GitHub brings the whole repository with the action.
[[ -n $version ]] || version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$GITHUB_ACTION_PATH/../../../Cargo.toml" | head -n 1)
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] ||
  fail "version: \`$version\` is not the number of a release" "give one such as 0.2.0"

kind=tar.gz
case $RUNNER_OS-$RUNNER_ARCH in
  Linux-X64) target=x86_64-unknown-linux-musl ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  # Windows on ARM64 runs programs for x86-64.
  Windows-X64 | Windows-ARM64) target=x86_64-pc-windows-msvc kind=zip ;;
  *) fail "there is no release for $RUNNER_OS on $RUNNER_ARCH" "build keyimport in a step before, and put it on the PATH" ;;
esac
folder=keyimport-$version-$target
archive=$folder.$kind
release=https://github.com/keyimport/keyimport/releases/download/v$version

need curl
into=$RUNNER_TEMP/keyimport-install
rm -rf "$into"
mkdir -p "$into"

download() {
  local message
  message=$(curl --proto '=https' --fail --silent --show-error --location --retry 3 --connect-timeout 10 \
    --max-time 300 --output "$into/$1" "$release/$1" 2>&1) ||
    fail "cannot download $release/$1: $message" "check that this release exists, or put keyimport on the PATH in a step before"
}

sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1"
  else
    shasum -a 256 <"$1"
  fi | cut -d ' ' -f 1
}

download "$archive"
if [[ -n $INPUT_CHECKSUM ]]; then
  expected=$(tr 'A-F' 'a-f' <<<"$INPUT_CHECKSUM")
  from="the input \`checksum\`"
else
  download SHA256SUMS
  expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$into/SHA256SUMS")
  from="$release/SHA256SUMS"
  [[ -n $expected ]] || fail "$from has no checksum of $archive" "report it, and do not use this release"
fi
[[ $expected =~ ^[0-9a-f]{64}$ ]] || fail "$from: not a SHA-256 checksum, which has 64 hexadecimal digits" "correct it"
actual=$(sha256 "$into/$archive")
if [[ $actual != "$expected" ]]; then
  rm -rf "$into"
  fail "$archive has the checksum $actual, but $from says $expected; it was deleted" \
    "run the job again; if that fails too, do not use this release"
fi

if [[ $kind == zip ]]; then
  unzip -q "$into/$archive" -d "$into"
else
  tar -xzf "$into/$archive" -C "$into"
fi
found=$("$into/$folder/keyimport" --version) || fail "keyimport of $archive does not start on this runner" "report it"
[[ $found == "keyimport $version" ]] || fail "$archive holds another version ($found)" "report it"
echo "$into/$folder" >>"$GITHUB_PATH"
echo "installed $found from $release/$archive (SHA-256 $actual)"
