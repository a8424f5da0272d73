#!/usr/bin/env bash
# Finds the planted bugs with the given ids, all that have no trace if none is
# given, and writes what shows them to testdata/traces: the case that is left
# when it was made small.
#
#	tools/traces.sh R05 G10
#
# A trace is kept only if it fails with the bug when it is run again, and holds
# without it.
set -euo pipefail
cd "$(dirname "$0")/.."
weir=.weir/weir
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# verify runs weir verify, which ends with 1 where a law is violated and 0 where
# it holds, and is the end of this where it says neither.
verify() { # OPTION...
	local code=0
	"$weir" verify "$@" >"$work/out" 2>&1 || code=$?
	if [ "$code" -gt 1 ]; then
		echo "weir verify $* ended with $code:" >&2
		cat "$work/out" >&2
		exit 1
	fi
	return "$code"
}

# find makes a trace of a planted bug.
find() { # ID LAW
	local id=$1 found=.weir/cases/$1/${2/\//-}.case seed
	for seed in 1 2 3; do
		rm -f "$found"
		if verify --plant "$id" --seed "$seed" || [ ! -f "$found" ]; then
			continue
		fi
		if verify --plant "$id" --replay "$found"; then
			echo "$id: what seed $seed has found holds when it is run again: $found"
			continue
		fi
		if ! verify --replay "$found"; then
			echo "$id: what seed $seed has found fails without the bug: $found"
			continue
		fi
		cp "$found" "testdata/traces/$id.case" || exit 1
		echo "$id: testdata/traces/$id.case, $(wc -c <"$found" | tr -d ' ') bytes, by seed $seed"
		return 0
	done
	return 1
}

if [ $# -eq 0 ]; then
	for patch in testdata/planted/*.patch; do
		id=$(basename "$patch" .patch)
		[ -f "testdata/traces/$id.case" ] || set -- "$@" "$id"
	done
fi
go -C cmd/weir build -o ../../.weir/weir .
mkdir -p testdata/traces
missed=
for id in "$@"; do
	law=$(sed -n 's/^law: //p' "testdata/planted/$id.patch" | head -n 1)
	find "$id" "$law" || missed+=" $id"
done
if [ -n "$missed" ]; then
	echo "no trace of$missed" >&2
	exit 1
fi
