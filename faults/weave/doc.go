// Package weave rewrites Go packages so that package faults/schedule controls
// their goroutines.
//
// Every go statement, channel operation, select, sleep and yield becomes a call
// of faults/schedule, and the imports of sync and sync/atomic become its shims.
// The rewritten files lie in a directory of their own, and an overlay tells the
// go command to read them in place of the sources:
//
//	result, err := weave.Weave(weave.Options{
//		Dir:      root,
//		Packages: []string{"./impl/..."},
//		Out:      filepath.Join(root, ".weave"),
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	// go test -overlay result.Overlay ./properties
//
// The invariant: outside a schedule woven code does what the source does, and
// its lines keep their numbers. The sources are never touched, and the same
// sources give the same files, which are written only when they differ, so that
// the go command's cache serves.
//
// It refuses packages outside the main module, package faults/schedule itself,
// files that use cgo, patterns that match nothing and packages without anything
// to weave: silence there would look like a run without failures. What it can't
// rewrite but may leave alone (a channel whose type is a type parameter, a range
// over a map whose keys have no order) is in the warnings. A file _test.go is
// left alone.
//
// # Words
//
// A target is a package to weave. An overlay is the file that go build's flag
// -overlay takes. A shim is a package that stands in for one of the standard
// library.
package weave
