#!/usr/bin/env bash
# campaign.sh OUT SECONDS [RUNS]: every target, or those that TARGETS names, for RUNS inputs (10 million) over all cores (CORES),
# or until SECONDS have passed; up to a minute more then for what is made of it. Leaves in OUT:
#   summary         a line for each target: runs, runs per second of one core, what is new in the corpus, crashes
#   crashes.tar.gz  the crashing inputs, one for each place in the code, made smaller, each with what was said
#   corpus.tar.gz   of the new inputs those that reach something that the committed corpus does not
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?a folder for what comes of it}
limit=${2:?seconds}
total=${3:-10000000}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cores=${CORES:-$(nproc)}
targets=(plan expression plugin checkpoint adapter jsonl)
only=${TARGETS:-plugin adapter plan expression checkpoint jsonl}
work=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")" campaign.XXXXXX)
trap 'rm -rf "$work"' EXIT
for target in "${targets[@]}"; do mkdir -p "$work"/{new,crashes,merged,logs}/"$target"; done
export LD_LIBRARY_PATH=$here/lib RUST_BACKTRACE=0 here work
began=$(date +%s)
export began limit

# The flags of a target: features of a plugin are so many that weighing them takes longer than running it.
flags() {
  echo "-timeout=25 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix=$work/crashes/$1/"
  if [ "$1" = plugin ]; then echo "-entropic=0 -reload=0"; else echo "-reload=10"; fi
}

# slice TARGET RUNS MAX_LEN: so many runs, also where some crash.
slice() {
  local target=$1 left=$2 max_len=$3 log rest ran took crashes=0
  log=$work/logs/$target/$BASHPID
  while [ "$left" -gt 0 ] && [ "$crashes" -lt 20 ]; do
    rest=$((limit - ($(date +%s) - began)))
    [ "$rest" -gt 1 ] || break
    mkdir -p "$work/tmp.$BASHPID"
    # shellcheck disable=SC2046
    { TIMEFORMAT='cpu %U %S'; time TMPDIR=$work/tmp.$BASHPID timeout -k 5 $((rest + 40)) "$here/bin/$target" $(flags "$target") -max_len="$max_len" \
      -runs="$left" -max_total_time="$rest" "$work/new/$target" "$here/corpus/$target" >"$log" 2>&1; } 2>"$log.time"
    local code=$?
    rm -rf "$work/tmp.$BASHPID"
    ran=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
    took=$(awk '/^cpu/ { print $2 + $3 }' "$log.time")
    echo "$target ${ran:-0} ${took:-0}" >>"$work/ran"
    left=$((left - ${ran:-0}))
    [ "$code" -eq 0 ] || { crashes=$((crashes + 1)); tail -c 3000 "$log" >>"$work/crashes/$target.log"; }
    [ -n "$ran" ] || break
  done
}

# smaller TARGET: of the crashes at one place the first, made smaller.
smaller() {
  local target=$1 file said place
  for file in "$work/crashes/$target"/*; do
    [ -f "$file" ] || continue
    said=$(TMPDIR=$work timeout 60 "$here/bin/$target" -timeout=25 -rss_limit_mb=2048 "$file" 2>&1 | grep -aE -A3 'panicked|ERROR|SUMMARY' | head -20)
    place=$(grep -aoE 'panicked at [^ ]+|libFuzzer: [a-z -]+' <<<"$said" | head -1 | tr -c 'a-zA-Z0-9\n' _)
    place=$target-${place:-not_again}
    [ ! -e "$work/found/$place" ] || continue
    cp "$file" "$work/found/$place"
    echo "$said" >"$work/said/$place"
    case $(basename "$file") in crash-*)
      TMPDIR=$work timeout 15 "$here/bin/$target" -minimize_crash=1 -max_total_time=10 -artifact_prefix="$work/smaller-$target-" \
        -exact_artifact_path="$work/smaller-$target" "$file" >/dev/null 2>&1
      [ ! -s "$work/smaller-$target" ] || mv "$work/smaller-$target" "$work/found/$place" ;;
    esac
  done
}

# kept TARGET: what of the new inputs reaches something new.
kept() {
  local target=$1
  cp "$here/corpus/$target"/* "$work/merged/$target/"
  TMPDIR=$work timeout 50 "$here/bin/$target" -timeout=25 -rss_limit_mb=2048 -max_len=4096 -merge=1 "$work/merged/$target" "$work/new/$target" >"$work/logs/$target.merge" 2>&1
  for file in "$here/corpus/$target"/*; do rm -f "$work/merged/$target/$(basename "$file")"; done
}
export -f flags slice smaller kept

# Slices of all targets by turns, as long as each other. A tenth of the plugins may be large, which takes five times as long.
for turn in $(seq 20); do
  max_len=768
  [ $((turn % 10)) -ne 0 ] || max_len=4096
  for target in $only; do
    case $target in
      plugin) printf "plugin $((total / 40)) $max_len\n%.0s" 1 2 ;;
      *) echo "$target $((total / 20)) 4096" ;;
    esac
  done
done | xargs -P "$cores" -L 1 bash -c 'slice "$@"' slice

mkdir "$work/found" "$work/said"
printf '%s\n' "${targets[@]}" | xargs -P "$cores" -I{} bash -c 'smaller {} & kept {}; wait'
tar -C "$work" -czf "$out/crashes.tar.gz" found said $(cd "$work" && ls -d crashes/*.log 2>/dev/null)
tar -C "$work" -czf "$out/corpus.tar.gz" merged
for target in "${targets[@]}"; do
  awk -v target="$target" -v new="$(ls "$work/merged/$target" | wc -l)" -v crashes="$(ls "$work/crashes/$target" | wc -l)" \
    -v places="$(ls "$work/found" | grep -c "^$target-")" \
    '$1 == target { runs += $2; cpu += $3 } END {
      printf "%-10s %9d runs  %6d runs per core second  %5d new in the corpus  %d crashes in %d places\n", target, runs, cpu ? runs / cpu : 0, new, crashes, places }' "$work/ran"
done | tee "$out/summary"
echo "$(($(date +%s) - began)) s on $cores cores, $(uname -m), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" | tee -a "$out/summary"
