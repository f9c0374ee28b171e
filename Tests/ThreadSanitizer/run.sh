#!/usr/bin/env bash
# Runs a command under ThreadSanitizer, and fails if it or any program that it starts was reported (make thread-sanitizer).
#
#   Tests/ThreadSanitizer/run.sh FOLDER COMMAND...     # FOLDER is for what is made on the way; the reports stay there
#
# Programs write their reports into files, since tests read what the commands they start say on standard error. First a
# small program with a race must be reported, and the same without it must not. What lies in libraries (OpenBLAS, HDF5,
# libav, Foundation) is not watched; nothing is suppressed.
set -euo pipefail

main() {
  local source code=0
  source=$(dirname "${BASH_SOURCE[0]}")
  folder=$(realpath "$1")
  shift
  clang -O1 -shared -fPIC -o "$folder/mutexes.so" "$source/mutexes.c"
  swiftc -O -sanitize=thread -o "$folder/control" "$source/control.swift"

  watch "$folder/control" unguarded && fail "a race was not reported: this machine's ThreadSanitizer sees nothing"
  [ "$(reports)" != 0 ] || fail "a race was not written down"
  watch "$folder/control" guarded || fail "a Mutex is taken for none: does mutexes.c name the functions of this Swift?"

  watch "$@" || code=$?
  cat "$folder"/reports/* 2>/dev/null || true
  echo "ThreadSanitizer: $(reports) reports"
  [ "$(reports)" = 0 ] || exit 1
  exit "$code"
}

# Runs a command with an empty folder for reports.
watch() {
  rm -rf "$folder/reports"
  mkdir "$folder/reports"
  TSAN_OPTIONS="exitcode=66 history_size=7 second_deadlock_stack=1 log_path=$folder/reports/report" \
    LD_PRELOAD="$folder/mutexes.so" "$@"
}

# How many reports there are.
reports() { cat "$folder"/reports/* 2>/dev/null | grep -c "WARNING: ThreadSanitizer" || true; }

fail() {
  cat "$folder"/reports/* 2>/dev/null || true
  echo "Tests/ThreadSanitizer/run.sh: $1" >&2
  exit 1
}

main "$@"
