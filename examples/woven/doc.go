// Package woven is empty: its tests put packages that others wrote under
// control, each as it is published. It owns one invariant: what its tests say
// of a package is what the package's own documentation promises.
//
// It refuses to be run for a verdict without weaving; then its tests are
// skipped. The command
//
//	weir test -weave=PACKAGE,... ./woven
//
// explores them; docs/schedules.md has the whole line, and what came of it.
package woven
