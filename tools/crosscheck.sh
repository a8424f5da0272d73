#!/bin/sh
# Measures the model checker in all its modes on specs of one protocol, and
# compares states and time with Spin, on specs written for that, where Spin and a
# C compiler are installed. It takes a minute or two of an idle machine with two
# cores, and prints one table a size.
set -eu
cd "$(dirname "$0")/.."
exec go test -count=1 -v -timeout 30m -run '^TestCrosscheck$' ./model -args -crosscheck
