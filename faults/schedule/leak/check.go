package leak

import (
	"context"
	"fmt"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Patience is how long goroutines that wait may be left without any change
// before they count as leaks; it is spent by tests that fail only.
const Patience = 2 * time.Second

// patience is Patience but for tests.
var patience = Patience

// limit is when even goroutines that could go on count as leaks.
const limit = 30 * time.Second

// label is the key of the label.
const label = "weir.test"

// checks counts the calls of Check, because a test can run several times.
var checks atomic.Int64

// Check makes the test fail, once its later Cleanup functions have run, if
// goroutines are left that it started after this call. A goroutine one of whose
// calls, or whose start, is in a function with a name in allow isn't counted:
// "net/http.(*persistConn).readLoop". A test that has failed already isn't
// checked. A subtest that calls Check answers for its own goroutines.
//
// Check must be called on the goroutine of the test. Code that sets labels of
// its own uses a descendant of the context that Check returns.
func Check(t testing.TB, allow ...string) context.Context {
	t.Helper()
	id := t.Name() + " " + strconv.FormatInt(checks.Add(1), 10)
	ctx := pprof.WithLabels(t.Context(), pprof.Labels(label, id))
	pprof.SetGoroutineLabels(ctx)
	t.Cleanup(func() {
		t.Helper()
		// From now on this goroutine is nobody's.
		pprof.SetGoroutineLabels(context.Background())
		if t.Failed() {
			return
		}
		if n, left := settle(id, allow); n > 0 {
			t.Errorf("leak: %s of %s still there\n%s", count(n), t.Name(), strings.Join(left, "\n"))
		}
	})
	return ctx
}

func count(n int) string {
	if n == 1 {
		return "1 goroutine"
	}
	return fmt.Sprintf("%d goroutines", n)
}

// settle waits until nobody is left with the label, or those who are have
// waited for Patience without a change; it counts and describes them.
func settle(id string, allow []string) (n int, left []string) {
	stacks := labelled(id, allow)
	if len(stacks) == 0 {
		return 0, nil
	}
	start := time.Now()
	changed, pause := start, time.Millisecond
	for {
		all := dump()
		if now := time.Now(); now.Sub(start) >= limit || now.Sub(changed) >= patience && !movable(stacks, all) {
			return len(stacks), describe(id, stacks, all)
		}
		time.Sleep(pause)
		pause = min(2*pause, 100*time.Millisecond)
		next := labelled(id, allow)
		switch {
		case len(next) == 0:
			return 0, nil
		case !slices.EqualFunc(stacks, next, slices.Equal):
			changed = time.Now()
		}
		stacks = next
	}
}
