#!/usr/bin/env bash
# Instructions and allocations of one call, counted by valgrind: the same on
# every run, whatever else the machine does. Needs valgrind.
#   benches/counts.sh
# Fails if a silent sink costs an instruction.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p aws-benches --bin counts
bin=target/release/counts
few=1000 many=11000

instructions() { valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bin" "$1" "$2" 2>&1 | sed -n 's/.*Collected : //p'; }
allocations() { valgrind --tool=memcheck --leak-check=no "$bin" "$1" "$2" 2>&1 |
    sed -n 's/.*total heap usage: \([0-9,]*\) allocs.*/\1/p' | tr -d ,; }

printf '%-16s %22s %20s\n' 'what' 'instructions a time' 'allocations a time'
for what in untold told-silence decide decide-10000 send send-receive cycle cycle-recorded; do
    i=$(( $(instructions $what $many) - $(instructions $what $few) ))
    a=$(( $(allocations $what $many) - $(allocations $what $few) ))
    printf '%-16s %22s %20s\n' "$what" "$(awk "BEGIN{printf \"%.1f\", $i/($many-$few)}")" "$(awk "BEGIN{printf \"%.2f\", $a/($many-$few)}")"
    case $what in untold) silent=$i ;; told-silence) told=$i ;; esac
done
# Start-up differs by a few instructions; a sink that cost one in each pass
# would show 640,000 of them.
if [ $((told - silent)) -ge $((many - few)) ]; then
    echo "a silent sink costs $((told - silent)) instructions in $((many - few)) times 64 calls" >&2
    exit 1
fi
