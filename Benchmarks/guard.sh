#!/usr/bin/env bash
# Counts the instructions of a fixed training step and compares them with Benchmarks/instructions.txt.
#
#   Benchmarks/guard.sh PROBE            # step-probe, built for a processor that valgrind knows (make guard)
#   UPDATE_COUNTS=1 Benchmarks/guard.sh PROBE
#
# Valgrind has no clock that a busy machine could disturb. Two runs that differ by two steps are counted, so what the
# process does before and after its steps drops out; hashes are made deterministic for the same reason. OpenBLAS is told
# its kernels, which it would else choose by the processor, and to start no threads, which would be counted while they wait.
set -euo pipefail

main() {
  local probe=$1 file noted tolerance one three counted
  file=$(dirname "${BASH_SOURCE[0]}")/instructions.txt
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  one=$(count "$probe" 1)
  three=$(count "$probe" 3)
  counted=$(((three - one) / 2))
  if [ -n "${UPDATE_COUNTS:-}" ]; then
    sed -i "s/^instructions .*/instructions $counted/" "$file"
  fi
  noted=$(awk '$1 == "instructions" { print $2 }' "$file")
  tolerance=$(awk '$1 == "tolerance" { print $2 }' "$file")
  awk -v new="$counted" -v old="$noted" -v tolerance="$tolerance" 'BEGIN {
    change = (new - old) / old * 100
    printf "a fixed step takes %d instructions, noted are %d: %+.2f %%, allowed are %s %%\n", new, old, change, tolerance
    exit (change > tolerance || change < -tolerance)
  }' && return
  echo "Most instructions are in:" >&2
  callgrind_annotate "$folder/3" | grep -E '^ *[0-9,]+ \(' | sed -n '2,13s/ \[.*//p' | cut -c 1-150 >&2
  echo "If the change is meant, note the new figure: UPDATE_COUNTS=1 make guard, then commit $file." >&2
  return 1
}

# The instructions of a run of so many steps.
count() {
  SWIFT_DETERMINISTIC_HASHING=1 OPENBLAS_CORETYPE=Haswell OPENBLAS_NUM_THREADS=1 \
    valgrind --tool=callgrind --callgrind-out-file="$folder/$2" "$1" "$2" \
    >"$folder/out" 2>&1 || { cat "$folder/out" >&2; return 1; }
  awk '/Collected/ { print $NF }' "$folder/out"
}

main "$@"
