#!/bin/sh
# Compares the model checker with Spin, on specs of one protocol written for
# both: the numbers of states must agree. It says so and succeeds where Spin or
# a C compiler is missing. With "long" as argument it takes the largest size too.
set -eu
cd "$(dirname "$0")/.."
for tool in spin gcc; do
	if ! command -v $tool >/dev/null; then
		echo "crosscheck: skipped, there is no $tool (apt-get install spin gcc)"
		exit 0
	fi
done
exec go test -count=1 -v -run '^TestCrosscheck$' ./model -args -crosscheck ${1:+-$1}
