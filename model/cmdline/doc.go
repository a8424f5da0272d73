// Package cmdline checks one spec for somebody who sits at a terminal, or for a
// CI job: it shows how far the search has come, then says law by law what came
// of it, tells the story of a violated law, and returns an exit code. The command
// weir check runs it; a program of your own can too.
//
// Its one invariant: the exit code is [Held] only if the checker says held of
// every law that was asked for and found nothing that says nothing.
//
//	func main() {
//		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
//		defer stop()
//		os.Exit(cmdline.Main(ctx, os.Args[1:], cmdline.Sure(lock.Spec), os.Stdout, os.Stderr))
//	}
//
// The report goes to one writer and what is in the way of it, progress and
// errors, to another, so that the report can be kept. Progress is one line that
// changes on a terminal, and a line every few seconds elsewhere.
//
// It refuses what makes no sense before it searches: options out of range, a law
// that the spec does not have, files that can't be written.
//
// # Words
//
// A story here shows the initial state, and after each step what it has changed.
package cmdline
