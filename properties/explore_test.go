package properties

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol"
)

// toys are Remotes with a defect, and what the suite must say of each.
var toys = []struct {
	name  string
	early func(*RemoteWorld)
	late  func(*toyRemote, *protocol.Result)
	// law is the one that must be violated, empty for none; observed is part of
	// what is told of it, undecided part of why nothing can be said.
	law, observed, undecided string
	// loose is whether the case may be about more than one message.
	loose bool
}{
	{name: "lawful"},
	{name: "wrong reply", late: func(_ *toyRemote, res *protocol.Result) { res.Reply = []byte("wrong") },
		law: "remote/right-reply", observed: "dispatched for m1"},
	{name: "wrong reply while goroutines are blocked", early: func(w *RemoteWorld) {
		// They wait until the case is torn down: only the verdict may show.
		for range 3 {
			go func() { <-make(chan struct{}) }()
		}
	}, late: func(r *toyRemote, res *protocol.Result) {
		if r.seq == 1 {
			res.Reply = []byte("wrong")
		}
	}, law: "remote/right-reply", observed: "dispatched for m", loose: true},
	{name: "twice", late: func(r *toyRemote, res *protocol.Result) { r.dispatch(*res) },
		law: "remote/one-outcome", observed: "m1 dispatched 2 times"},
	{name: "panics in a controlled goroutine", late: func(*toyRemote, *protocol.Result) { panic("toy panics") },
		law: "remote/no-crash", observed: "toy panics"},
	{name: "panics in a goroutine of its own", late: func(r *toyRemote, _ *protocol.Result) {
		if r.seq == 2 {
			done := make(chan struct{})
			go func() { panic("toy panics beyond control") }()
			<-done
		}
	}, law: "remote/no-crash", observed: "panic: toy panics beyond control in ", loose: true},
	{name: "ends the process", late: func(*toyRemote, *protocol.Result) { os.Exit(3) },
		law: "remote/no-crash", observed: "exit status 3"},
	{name: "never dispatches", late: func(_ *toyRemote, res *protocol.Result) { res.Outcome = protocol.OutcomeNone },
		law: "remote/answered", observed: "m1 accepted and never dispatched"},
	{name: "hangs in virtual time", late: func(r *toyRemote, _ *protocol.Result) { <-make(chan struct{}) },
		law: "remote/answered", observed: "1 callers still wait"},
	{name: "leaks a goroutine", early: func(*RemoteWorld) { go func() { <-make(chan struct{}) }() },
		law: "remote/quiet-after-close", observed: "goroutines left: "},
	{name: "never comes to rest", late: func(*toyRemote, *protocol.Result) {
		for {
			schedule.Point("toy spins")
		}
	}, undecided: "the first because of work: "},
	{name: "maker hangs", early: func(*RemoteWorld) { <-make(chan struct{}) }, undecided: "the maker has not returned"},
}

func TestExploreToys(t *testing.T) {
	for _, toy := range toys {
		t.Run(toy.name, func(t *testing.T) {
			set := toySettings(t)
			set.cases[Simulated] = 20
			p, r, ok := runToy(t, toyRemoteSuite(toyMaker(toy.early, toy.late)), set)
			if !ok {
				return
			}
			if toy.undecided != "" || toy.law == "" {
				wantNoFailure(t, r, toy.undecided)
				return
			}
			wantFailure(t, r, toy.law, toy.observed)
			if n := len(r.failure.Choices); n > 0 && !toy.loose {
				t.Errorf("case is %v, want the empty one: every case fails", r.failure.Choices)
			}
			wantReplay(t, p, r.failure)
		})
	}
}

func wantNoFailure(t *testing.T, r result, undecided string) {
	t.Helper()
	if r.failure != nil {
		t.Fatalf("got a failure, want none:%s", r.failure.Block())
	}
	if undecided == "" && r.undecided != "" || !strings.Contains(r.undecided, undecided) {
		t.Errorf("undecided is %q, want %q in it", r.undecided, undecided)
	}
}

func wantFailure(t *testing.T, r result, law, observed string) {
	t.Helper()
	if r.failure == nil {
		t.Fatalf("got no failure of %s (undecided: %q, %d cases)", law, r.undecided, r.tally.Cases)
	}
	if r.failure.Law != law || !strings.Contains(r.failure.Observed, observed) {
		t.Errorf("got %s: %s, want %s: %s", r.failure.Law, r.failure.Observed, law, observed)
	}
	if !r.failure.Repeats || r.failure.Found < 1 {
		t.Errorf("repeats %v, found in case %d, want a case that repeats", r.failure.Repeats, r.failure.Found)
	}
}

// wantReplay saves the case of a failure, and replays it from the file.
func wantReplay(t *testing.T, p *parent, f *Failure) {
	t.Helper()
	p.save(f)
	if want := filepath.Join(p.set.dir, strings.ReplaceAll(f.Law, "/", "-")+".case"); f.File != want || f.Command != "replay "+want {
		t.Errorf("saved in %q, replayed by %q, want %q", f.File, f.Command, want)
	}
	suite, j, err := readCase(f.File)
	if err != nil || suite != p.suite.protocol {
		t.Fatalf("case of suite %q: %v", suite, err)
	}
	r := p.replay(j)
	if r.failure == nil {
		t.Fatalf("replay shows nothing (undecided: %q)", r.undecided)
	}
	if want := map[bool]string{true: "exact", false: "the process ended"}[!strings.HasPrefix(f.Loose, "the process died")]; r.failure.Replayed != want {
		t.Errorf("replay says %q, want %q", r.failure.Replayed, want)
	}
	if r.failure.Law != f.Law || r.failure.Observed != f.Observed || strings.Join(r.failure.Story, "\n") != strings.Join(f.Story, "\n") {
		t.Errorf("replay shows another failure:%s\nwant%s", r.failure.Block(), f.Block())
	}
}

// drawnSuite is a suite whose cases are ten numbers and what judge says of
// them.
func drawnSuite(judge func(numbers []int, f *findings)) suite {
	return suite{protocol: "gateway", run: func(_ *testing.T, _ Network, c *choices) *outcome {
		var numbers []int
		for range 10 {
			numbers = append(numbers, dice{c}.Choose(20, "number"))
		}
		o := &outcome{found: newFindings(), list: trim(c.list)}
		judge(numbers, o.found)
		return o
	}}
}

// Many smaller cases break another law; the one found first is pinned.
func TestExplorePinsTheLaw(t *testing.T) {
	s := drawnSuite(func(numbers []int, f *findings) {
		sum := 0
		for _, n := range numbers {
			sum += n
		}
		// A large case breaks only the first law, a smaller one both, the smallest
		// only the second.
		f.judge("gateway/fifo", 1, sum < 40, "a large sum", "a small one")
		f.judge("gateway/choice", 0, sum == 0 || sum >= 60, "a medium sum", "another")
	})
	set := toySettings(t)
	set.cases[Simulated] = 200
	p, r, ok := runToy(t, s, set)
	if !ok {
		return
	}
	law := ""
	if r.failure != nil {
		law = r.failure.Law
	}
	wantFailure(t, r, law, "")
	wantReplay(t, p, r.failure)
	sum := 0
	for _, c := range r.failure.Choices {
		sum += int(c)
	}
	if law == "gateway/fifo" && sum != 40 || law == "gateway/choice" && sum != 1 {
		t.Errorf("%s shrank to sum %d in %v, want 40 or 1", law, sum, r.failure.Choices)
	}
}

// On real sockets goleak finds what is left.
func TestExploreLeakOnLoopback(t *testing.T) {
	defer func(n int) { leakLooks = n }(leakLooks)
	leakLooks = 1
	set := toySettings(t)
	set.networks, set.cases[Loopback], set.shrink = []Network{Loopback}, 1, false
	_, r, ok := runToy(t, toyRemoteSuite(toyMaker(func(*RemoteWorld) { go leakedByToy() }, nil)), set)
	if !ok {
		return
	}
	if r.failure == nil || r.failure.Law != "remote/quiet-after-close" || !strings.Contains(r.failure.Observed, "leakedByToy") {
		t.Errorf("got %+v (undecided: %q), want a goroutine left", r.failure, r.undecided)
	}
}

func leakedByToy() { <-make(chan struct{}) }
