#!/usr/bin/env bash
# Runs every fuzz target in the given directories and below them, one after the
# other, because the go command fuzzes one target at a time. The implementation
# is woven, so that an input says which goroutine goes on, too.
#
#	tools/fuzz.sh 30s .weir/corpus properties
#
# Before that it runs the traces of fixed bugs, where a package has them.
#
# Targets that take a corpus (they have the flag -weir.corpus) begin with what
# DIR/TARGET holds, played on the code as it is now, and leave there what they
# found new; the fuzzer's own cache, which has no bound, is begun afresh each
# time.
set -euo pipefail

if [ $# -lt 3 ]; then
	echo "usage: tools/fuzz.sh TIME CORPUS DIRECTORY..." >&2
	exit 2
fi
cd "$(dirname "$0")/.."
root=$PWD
time=$1
mkdir -p "$2" .weir/fuzz
corpus=$(cd "$2" && pwd)
shift 2
work=$(mktemp -d "$root/.weir/fuzz/run-XXXXXX")
trap 'rm -rf "$work"' EXIT

# A bad run is told in a few words, and is the end.
die() {
	echo "$*" >&2
	exit 1
}

# play runs the corpus and the inputs that failed before.
play() { # BINARY TARGET OPTION...
	local binary=$1 target=$2
	shift 2
	if ! "$binary" -test.run "^$target\$" -test.v -test.failfast "$@" >"$work/played" 2>&1; then
		grep -v '^=== \|^ *--- PASS' "$work/played" >&2 || true
		die "$target fails on a case that is known, without any fuzzing"
	fi
	sed -n 's/^.*: \(corpus of .*\)/\1/p' "$work/played"
}

# fuzz runs the fuzzer. It fails where a case does, and on what it doesn't
# understand. There are two ways in which the fuzzer of Go fails though no case
# does, both where the machine is busy:
#
# Its time may be up in the moment in which it asks whether it is (go.dev/issue/75804,
# mended in Go 1.27): then it says "context deadline exceeded" and nothing else.
#
# It takes an input for one that hangs if it isn't done in ten seconds of real
# time (go.dev/issue/56238): then it has written the input, which must hold when
# it is run alone. A case is the same each time, so that one that really hangs,
# or ends the process, does so again.
fuzz() { # BINARY TARGET OPTION...
	local binary=$1 target=$2 input
	shift 2
	rm -f "$work/again"
	if "$binary" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" -test.fuzzminimizetime 20x \
		-test.fuzzcachedir "$work/cache" "$@" >"$work/fuzzed" 2>&1; then
		grep -q 'execs: [1-9]' "$work/fuzzed" || die "$target: the fuzzer ran nothing in $time"
		grep 'execs:' "$work/fuzzed" | tail -n 1
		return
	fi
	input=$(sed -n 's/^ *Failing input written to //p' "$work/fuzzed")
	if [ -z "$input" ]; then
		if [ "$(sed -n '/^--- FAIL/,$p' "$work/fuzzed" | sed -n '2p;3p' | tr -d ' \n')" = "contextdeadlineexceededFAIL" ] &&
			grep -q 'execs: [1-9]' "$work/fuzzed"; then
			grep 'execs:' "$work/fuzzed" | tail -n 1
			echo "the time was up while the fuzzer asked whether it was; no case failed"
			return
		fi
		cat "$work/fuzzed" >&2
		die "$target: the fuzzer failed, and no case did"
	fi
	if grep -q 'fuzzing process hung or terminated unexpectedly' "$work/fuzzed" &&
		"$binary" -test.run "^$target\$/^$(basename "$input")\$" -test.timeout 60s "$@" >"$work/again" 2>&1; then
		rm -f "$input"
		grep 'execs:' "$work/fuzzed" | tail -n 1
		echo "a case took more than 10s; alone it holds, and in time"
		return
	fi
	cat "$work/fuzzed" >&2
	[ ! -s "$work/again" ] || cat "$work/again" >&2
	die "$target fails; every run of tools/fuzz.sh begins with $PWD/$input"
}

go -C cmd/weir build -o "$root/.weir/weir" .
overlay=$(.weir/weir weave -o "$root/.weir/fuzz/woven" ./impl/... 2>"$work/weave" | sed -n 's/^  go test -overlay=//p') || true
[ -n "$overlay" ] || die "the implementation can't be woven: $(cat "$work/weave")"

files=$(for dir in "$@"; do
	find "$dir" -name '.?*' -prune -o -name testdata -prune -o -name '*_test.go' -exec grep -l '^func Fuzz[A-Z]' {} +
done)
ran=0
for dir in $(for file in $files; do dirname "$file"; done | sort -u); do
	binary=$root/.weir/fuzz/$(echo "$dir" | tr -c 'a-z0-9\n' -).test
	go -C "$dir" test -c -fuzz . -overlay "$overlay" -o "$binary" .
	cd "$dir"
	if [ -n "$("$binary" -test.list '^TestTraces$')" ]; then
		WEIR_WOVEN=1 "$binary" -test.run '^TestTraces$' -test.v >"$work/traces" 2>&1 || die "$(cat "$work/traces")"
		echo "== $dir: $(grep -c '^    --- PASS' "$work/traces") traces of fixed bugs hold"
	fi
	for target in $("$binary" -test.list '^Fuzz'); do
		echo "== $dir $target"
		options=()
		if [[ $("$binary" -h 2>&1 || true) == *-weir.corpus* ]]; then
			options=(-weir.corpus "$corpus/$target" -weir.dir "$root/.weir/cases/fuzz" -weir.command "$root/.weir/weir verify --replay %s")
		fi
		play "$binary" "$target" ${options[@]+"${options[@]}"}
		fuzz "$binary" "$target" ${options[@]+"${options[@]}"}
		play "$binary" "$target" ${options[@]+"${options[@]}"}
		ran=$((ran + 1))
	done
	cd "$root"
done

[ "$ran" -gt 0 ] || die "there is no fuzz target in $*"
echo "$ran fuzz targets ran for $time each"
