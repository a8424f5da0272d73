package properties

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/model/linear"
	"github.com/weir-dev/weir/protocol"
)

// Limiter is a ledger of reservations that any number of goroutines may use:
// what stands between a gateway and hosts that are given too much. It starts
// no goroutine, and no method waits for another's caller.
type Limiter interface {
	// Attach makes a host known with a limit, 0 or more. A host that is attached
	// already is detached in the same step.
	Attach(host string, limit int)
	// Detach ends a host's attachment and returns how many reservations that
	// released; 0 for a host that is not attached.
	Detach(host string) int
	// SetLimit changes the limit of a host, if it is attached. Reservations above
	// a lowered limit stay.
	SetLimit(host string, n int)
	// Reserve takes a reservation if the host is attached and has fewer than its
	// limit. The id was never given before.
	Reserve(host string) (id uint64, ok bool)
	// Reassign ends the reservation and takes one at another host, in one step.
	// It fails, and nothing changes, if id is not live, is at that host, or the
	// host has no room.
	Reassign(id uint64, to string) (uint64, bool)
	// Release ends a reservation; false if it is not live.
	Release(id uint64) bool
	// Reserved is the number of live reservations at a host.
	Reserved(host string) int
}

const (
	// limiterCases are run under the scheduler, limiterRaces with free goroutines.
	limiterCases, limiterRaces = 200, 100
	// limiterPatience bounds the judgement of one history in real time, and the
	// run of one with free goroutines.
	limiterPatience = 20 * time.Second
)

// TestLimiter checks that a Limiter is linearizable: that every history of
// concurrent calls gives the results that some order of the same calls, one at
// a time, would give. It is the law gateway/linearizable, and reported as the
// subtest of that name.
//
// make builds a fresh Limiter for every history. Half of the work is done under
// a scheduler, that chooses which goroutine goes on at every point: at each
// call, and inside the Limiter if that is woven or calls schedule.Point. These
// histories repeat, and the smallest that fails is shown. The other half is
// goroutines that run freely, to be run with -race; what fails there may not
// fail again.
//
// A history that is not linearizable is drawn by porcupine into a file that the
// failure names. One that could not be judged in time is a failure too.
func TestLimiter(t *testing.T, make func() Limiter) {
	t.Helper()
	t.Run("linearizable", func(t *testing.T) {
		l := &limiterSuite{t: t, make: make, seed: flags.seed, picture: picturePath(t.Name())}
		f := l.explore()
		if f == nil {
			f = l.race()
		}
		l.publish(f)
		if f != nil {
			t.Fatal(f.String())
		}
	})
}

// publish reports what came of it.
func (l *limiterSuite) publish(f *limiterFailure) {
	if flags.report == "" {
		return
	}
	r, err := newReporter(flags.report)
	if err != nil {
		l.t.Fatal(err)
	}
	const law = "gateway/linearizable"
	done := newTally()
	done.Cases, done.Judged[law] = l.judged, l.judged
	switch {
	case f == nil:
		r.write(Note{Held: done})
	case strings.HasPrefix(f.verdict, "undecided"):
		r.write(Note{Progress: done})
		r.write(Note{Undecided: f.verdict})
	default:
		r.write(Note{Progress: done})
		r.write(Note{Failure: &Failure{Law: law, Network: Simulated, Observed: f.verdict, Allowed: "some order of the calls", Story: append(slices.Clone(f.story), f.why...), Picture: f.picture, Found: l.judged}})
	}
}

// picturePath is the file that a test's picture goes to.
func picturePath(test string) string {
	return filepath.Join(flags.dir, strings.NewReplacer("/", "-", " ", "-").Replace(test)+".html")
}

// limiterSuite explores the histories of one Limiter.
type limiterSuite struct {
	t       *testing.T
	make    func() Limiter
	seed    uint64
	picture string
	judged  int
}

// limiterFailure is a history that is not held linearizable.
type limiterFailure struct {
	verdict string
	story   []string
	// why is the fewest of the calls that are wrong by themselves, and the reason.
	why     []string
	picture string
}

// String tells the failure in labelled lines.
func (f *limiterFailure) String() string {
	law, _ := protocol.LawBySlug("gateway/linearizable")
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-9s %s  %s\n%-9s %s", "law", law.Slug, law.Sentence, "verdict", f.verdict)
	rows := func(label string, lines []string) {
		for _, line := range lines {
			fmt.Fprintf(&b, "\n%-9s %s", label, line)
			label = ""
		}
	}
	rows("story", f.story)
	rows("why", f.why)
	if f.picture != "" {
		fmt.Fprintf(&b, "\n%-9s %s", "picture", f.picture)
	}
	return b.String()
}

// explore runs histories under the scheduler, and returns the smallest that
// failed.
func (l *limiterSuite) explore() *limiterFailure {
	restore := setFlags(l.t, map[string]string{
		"rapid.checks": fmt.Sprint(limiterCases), "rapid.seed": fmt.Sprint(1 + l.seed), "rapid.nofailfile": "true", "rapid.shrinktime": "4s",
	})
	defer restore()
	var last *limiterFailure
	judged := 0
	check(func(rt *rapid.T) {
		judged++
		if f := l.scheduled(newRapidSource(rt)); f != nil {
			last = f
			rt.Fatalf("not linearizable")
		}
	})
	// Under -short rapid runs a fifth; fewer means that it stopped early.
	if least := limiterCases / 5; last == nil && judged < least {
		return &limiterFailure{verdict: fmt.Sprintf("undecided: %d histories were judged, want at least %d", judged, least)}
	}
	return last
}

// scheduled runs one history under the scheduler and judges it.
func (l *limiterSuite) scheduled(c schedule.Chooser) *limiterFailure {
	plan := drawLimiterPlan(dice{c}, 4)
	var run *limiterRun
	undecided := ""
	left := inBubble(l.t, func() {
		s, err := schedule.New(schedule.Config{Chooser: c})
		if err != nil {
			panic(err)
		}
		defer s.Teardown()
		run = newLimiterRun(plan, l.make())
		run.prepare()
		for i, ops := range plan.clients {
			s.Go("client", func() {
				for _, op := range ops {
					schedule.Point("call")
					run.do(i+1, op)
				}
			})
		}
		v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute)
		if v.Kind != schedule.Done {
			undecided = fmt.Sprintf("the calls have not returned: %v %s %s", v.Kind, v.Message, strings.Join(v.Tasks, ", "))
			return
		}
		run.probe()
	})
	if undecided == "" && left != "" {
		undecided = "the bubble did not empty: " + left
	}
	return l.judge(run, undecided)
}

// race runs histories with free goroutines.
func (l *limiterSuite) race() *limiterFailure {
	for i := range uint64(limiterRaces) {
		plan := drawLimiterPlan(dice{schedule.Random(l.seed<<16 + i)}, 6)
		run := newLimiterRun(plan, l.make())
		run.prepare()
		if !run.free(plan) {
			return &limiterFailure{verdict: fmt.Sprintf("undecided: the calls have not returned after %v", limiterPatience), story: []string{plan.String()}}
		}
		run.probe()
		if f := l.judge(run, ""); f != nil {
			return f
		}
	}
	return nil
}

// judge asks porcupine. Only Ok is success.
func (l *limiterSuite) judge(run *limiterRun, undecided string) *limiterFailure {
	if undecided != "" {
		return &limiterFailure{verdict: "undecided: " + undecided, story: run.story()}
	}
	l.judged++
	ctx, cancel := context.WithTimeout(context.Background(), limiterPatience)
	defer cancel()
	v := linear.Judge(ctx, linear.Ledger(), run.history)
	switch v.Result {
	case porcupine.Ok:
		return nil
	case porcupine.Unknown:
		return &limiterFailure{verdict: fmt.Sprintf("undecided: not judged after %v", limiterPatience), story: run.story()}
	}
	f := &limiterFailure{verdict: fmt.Sprintf("violated: no order of these %d calls gives these results", len(run.history)), story: run.story(), why: v.Lines()}
	f.picture = l.picture
	if err := draw(l.picture, v); err != nil {
		f.picture = "none: " + err.Error()
	}
	return f
}

// draw writes the picture of a verdict.
func draw(path string, v linear.Verdict) error {
	var b bytes.Buffer
	if err := v.WriteHTML(&b); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o666)
}
