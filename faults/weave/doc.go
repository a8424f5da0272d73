// Package weave rewrites Go packages so that package faults/schedule controls
// their goroutines.
//
// Every go statement, channel operation, select, sleep and yield, and every use of
// a timer, a ticker, or the end of a context, becomes a call of faults/schedule, and
// the imports of sync and sync/atomic become its shims. Types stay what they are,
// but for those of sync and sync/atomic.
// The rewritten files lie in a directory of their own, and an overlay tells the
// go command to read them in place of the sources:
//
//	result, err := weave.Weave(weave.Options{
//		Dir:      root,
//		Packages: []string{"./limiter", "golang.org/x/sync/semaphore"},
//		Tests:    []string{"./..."},
//		Out:      filepath.Join(cache, "woven"),
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	// go test $(result.Flags()) ./limiter
//
// A package in the module cache, where the go command refuses an overlay, is
// woven in a copy of its module, and a modfile puts the copy in the place of the
// module; a package that is vendored, or in a folder that replaces its module,
// needs only the overlay. A file whose module has a version of the language
// without type parameters gets a build line that raises it to the first with
// them, and keeps the old meaning of loop variables.
//
// The invariant: outside a schedule woven code does what the source does, and
// its lines keep their numbers. The sources, go.mod and go.sum are never touched,
// and the same sources give the same files, which are written only when they
// differ, so that the go command's cache serves.
//
// It refuses the standard library, package faults/schedule itself, patterns that
// match nothing or have nothing to weave, modules that don't require the
// scheduler, and modules of the cache in a workspace: silence there would look
// like a run without failures. What it can't rewrite though a goroutine could
// hide in it (a file with cgo, a channel whose type is a type parameter, a dot
// import of package time, a method expression of a timer) is an error until Options.Accept names it. What only
// makes a run hard to repeat (a range over a map whose keys have no order) is in
// the warnings. Files _test.go are woven where Options.Tests asks for it and
// they are written for package explore.
//
// # Words
//
// A target is a package to weave. An overlay is the file that go build's flag
// -overlay takes, a modfile that of -modfile. A shim is a package that stands in
// for one of the standard library.
package weave
