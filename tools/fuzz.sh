#!/usr/bin/env bash
# Runs every fuzz target of the given modules, one after the other, because
# the go command fuzzes one target at a time.
#
#	tools/fuzz.sh 30s . examples
set -euo pipefail

if [ $# -lt 2 ]; then
	echo "usage: tools/fuzz.sh TIME MODULE..." >&2
	exit 2
fi
time=$1
shift

ran=0
for module in "$@"; do
	# The list has the targets of a package before the line of the package.
	list=$(go -C "$module" test -list '^Fuzz' ./...)
	targets=()
	while read -r first second _; do
		case $first in
		Fuzz*) targets+=("$first") ;;
		ok)
			for target in ${targets[@]+"${targets[@]}"}; do
				echo "== $second $target"
				go -C "$module" test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$second"
				ran=$((ran + 1))
			done
			targets=()
			;;
		esac
	done <<<"$list"
done

if [ "$ran" -eq 0 ]; then
	echo "no fuzz target was found" >&2
	exit 1
fi
echo "$ran fuzz targets ran for $time each"
