# What the scripts of this action share. They run with bash 3.2 too, which macOS has.
# shellcheck shell=bash

# Writes text as the value of a workflow command.
escape() {
  local text=${1//'%'/%25}
  text=${text//$'\r'/%0D}
  text=${text//$'\n'/%0A}
  printf '%s' "$text"
}

# Ends the step with an error that the job's page shows: what failed, and what to do.
fail() {
  printf '::error title=keyimport::%s\n' "$(escape "$1 (hint: $2)")"
  exit 1
}

# Ends the step if the runner lacks a program.
need() {
  command -v "$1" >/dev/null || fail "\`$1\` is not on the PATH of this runner" "install it in a step before"
}
