// Package properties holds what must be true of any implementation of the two
// protocols, as suites that a test points at its own implementation.
//
// [TestRemote] and [TestGateway] build a fresh system for every case in a world
// of their own making, drive it with callers, hosts and faults, and report each
// law of the catalogue as a subtest of its name. [TestLimiter] does the same
// for a bare ledger of reservations, [FuzzRemote] and [FuzzGateway] for Go's
// fuzzer. [CheckRemote] and [CheckGateway] judge a recorded history and need no
// testing.T.
//
// The one invariant: a law is reported as held only if something was judged by
// it, every case was judged to its end, and nothing that was seen breaks it.
// All else is red or skipped, and says why.
//
//	func TestMine(t *testing.T) {
//		properties.TestRemote(t, func(w *properties.RemoteWorld) properties.Remote {
//			peer := mine.NewPeer(w.Handle)
//			peer.Register(w.Registrar)
//			r := mine.New(mine.Config{Buffer: w.Buffer, Window: w.Window, Connect: w.Connect, Dispatch: w.Dispatch})
//			return adapter{r, peer} // Send and Close; TrySend, Stats, ClosePeer if there are
//		})
//	}
//	// go test -run TestMine
//	// go test -run TestMine -weir.net=sim -weir.cases=100000 -weir.budget=5m
//
// # How a case runs
//
// A case is a list of small numbers, from which everything in it is drawn: the
// bounds of the world, the workload, the faults, and every step of the
// schedule. The first case that violates a law pins that law; rapid's shrinker,
// and then package faults/schedule/reduce, make the list smaller while it goes
// on violating the same law: with as few switches between goroutines, faults and
// records as can be found in some seconds. On sim the strategies of
// faults/schedule/strategy choose the schedules of half of the cases; those the
// reducer alone makes smaller. The strategies get more or fewer cases by the news
// that they find: orders of steps, and steps of the protocol that no history
// had shown before. What is left of a failing case is told as a story, saved to
// a file, and run again by the command that the report ends in. It is called
// minimal only if every case with less was tried.
//
// # The file of a case
//
// It has the format of package faults/schedule/replay. Facts say which suite,
// network and seed the case is of; the choices replay it on the same code. On
// sim it also has what was drawn for the world, the load and the faults, by name,
// and the constraints without which the law isn't violated: those bring the case
// back after the implementation was edited, and a replay says whether it was
// exact, came after an edit, or diverged, and at which constraint. A fact
// choices-only says why there are none: on the other networks nobody controls
// what comes first, and where the process died each try would be a process.
//
// A case runs on one of three networks. On sim, every message, fault and
// goroutine step is a choice, and time is virtual. On virtual, all of grpc-go
// runs over connections in memory with faults, in virtual time. On loopback it
// runs over TCP in real time, where laws about rest are not judged. Cases run
// in child processes, so that a panic, a fatal error, a race report or a call
// of os.Exit is a violation of no-crash, and not the end of the suite.
//
// # Words
//
// A law is unobserved if nothing in the cases could be judged by it, most often
// because the implementation lacks what it needs: no tracer, no Stats. It is
// skipped. A case is undecided if it was not judged to its end: the schedule
// grew too long, the maker did not return, the process was killed, the maker
// called t.Error. Then every law that was judged is red, because what is
// missing might have violated it. A sometimes law that was not seen is skipped:
// its case may be rare. A maker builds one system; a world is what it builds it
// in. At rest means that nothing can happen any more but the passing of time.
//
// # Flags
//
//	-weir.net=sim        only this network: sim, virtual or loopback
//	-weir.judges=LAWS    by these laws alone, separated by commas
//	-weir.cases=N        cases on each network
//	-weir.workers=N      processes for simulated cases
//	-weir.budget=1m      no further cases on a network after this time
//	-weir.seed=N         another set of cases
//	-weir.replay=FILE    only the case in this file
//	-weir.dir=DIR        where cases of violated laws go; testdata/weir by default
//	-weir.shrink=false   leave a failing case as it was found
//	-weir.report=FILE    progress and results for machines, a [Note] a line
//	-weir.command=TEXT   the command that a report ends in, %s for the file
//
// # What it cannot find
//
// No number of cases proves a law. Freedom from data races is claimed only by
// cases whose implementation was woven (see package faults/weave), where the
// hand-over from step to step is hidden from the race detector, and by those on
// loopback; the other cases order what they should not. Only woven cases repeat
// to the byte: without weaving, the goroutines of the implementation run freely
// between the seams, and a report says so if its case did not repeat. A law is
// judged from what is traced, counted and returned: an implementation that
// traces what it does not do is believed until something contradicts it. Lost
// memory, corrupted messages and clocks that run at different speeds are not
// among the faults.
//
// The package refuses to run no case, an unknown network, a file that is no
// case, and a case of the other protocol.
package properties
