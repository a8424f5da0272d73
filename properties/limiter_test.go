package properties

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
)

// mutexLimiter is a Limiter under one lock, and right unless its fields say
// otherwise.
type mutexLimiter struct {
	// races checks for room before it takes it, with a point between.
	races bool
	// twice lets a reservation be released again: its place is given back twice.
	twice bool
	// forgets does not end the reservation that is reassigned.
	forgets bool

	mu     sync.Mutex
	last   uint64
	limits map[string]int
	counts map[string]int
	at     map[uint64]string
	ended  map[uint64]string
}

func newMutexLimiter() *mutexLimiter {
	return &mutexLimiter{limits: map[string]int{}, counts: map[string]int{}, at: map[uint64]string{}, ended: map[uint64]string{}}
}

func (l *mutexLimiter) Attach(host string, limit int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.detach(host)
	l.limits[host] = limit
}

func (l *mutexLimiter) Detach(host string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.detach(host)
}

func (l *mutexLimiter) detach(host string) int {
	n := 0
	for id, h := range l.at {
		if h == host {
			delete(l.at, id)
			n++
		}
	}
	delete(l.limits, host)
	delete(l.counts, host)
	return n
}

func (l *mutexLimiter) SetLimit(host string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.limits[host]; ok {
		l.limits[host] = n
	}
}

func (l *mutexLimiter) room(host string) bool {
	limit, ok := l.limits[host]
	return ok && l.counts[host] < limit
}

func (l *mutexLimiter) take(host string) uint64 {
	l.last++
	l.at[l.last] = host
	l.counts[host]++
	return l.last
}

func (l *mutexLimiter) Reserve(host string) (uint64, bool) {
	if l.races {
		return l.checkThenAct(host)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.room(host) {
		return 0, false
	}
	return l.take(host), true
}

// checkThenAct holds no lock at its point, where it may be ended.
func (l *mutexLimiter) checkThenAct(host string) (uint64, bool) {
	l.mu.Lock()
	room := l.room(host)
	l.mu.Unlock()
	schedule.Point("between check and act")
	if !room {
		return 0, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.take(host), true
}

func (l *mutexLimiter) Reassign(id uint64, to string) (uint64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from, live := l.at[id]
	if !live || from == to || !l.room(to) {
		return 0, false
	}
	if !l.forgets {
		l.end(id)
	}
	return l.take(to), true
}

func (l *mutexLimiter) end(id uint64) {
	l.counts[l.at[id]]--
	l.ended[id] = l.at[id]
	delete(l.at, id)
}

func (l *mutexLimiter) Release(id uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, live := l.at[id]; !live {
		if host, known := l.ended[id]; l.twice && known && l.counts[host] > 0 {
			l.counts[host]--
		}
		return false
	}
	l.end(id)
	return true
}

func (l *mutexLimiter) Reserved(host string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts[host]
}

// TestLimiterRight runs the suite on a ledger that is right.
func TestLimiterRight(t *testing.T) {
	TestLimiter(t, func() Limiter { return newMutexLimiter() })
}

// TestLimiterWrong runs the exploration on ledgers that are wrong: each must
// be found, told in few calls, the same way each time, and drawn.
func TestLimiterWrong(t *testing.T) {
	for _, c := range []struct {
		name string
		plan func(*mutexLimiter)
		// tells is a call without which the failure can't be told.
		tells string
		// calls is the most calls of the smallest history, those of the probe
		// included.
		calls int
	}{
		{"check, then act", func(l *mutexLimiter) { l.races = true }, "reserve", 11},
		{"released twice", func(l *mutexLimiter) { l.twice = true }, "release", 14},
		{"reassign forgets", func(l *mutexLimiter) { l.forgets = true }, "reassign", 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			picture := filepath.Join(t.TempDir(), "pictures", "history.html")
			explore := func() *limiterFailure {
				l := &limiterSuite{t: t, seed: 1, picture: picture, make: func() Limiter {
					l := newMutexLimiter()
					c.plan(l)
					return l
				}}
				return l.explore()
			}
			f := explore()
			if f == nil {
				t.Fatal("held linearizable")
			}
			if text := f.String(); !strings.Contains(text, "violated") || !strings.Contains(text, c.tells) || !strings.Contains(text, picture) {
				t.Errorf("failure does not name the verdict, %q or %s:%s", c.tells, picture, text)
			}
			if len(f.story) > c.calls {
				t.Errorf("told in %d calls, want at most %d:%s", len(f.story), c.calls, f)
			}
			if why := strings.Join(f.why, "\n"); !strings.Contains(why, "No order of these") || !strings.Contains(why, "Next cannot be") || !strings.Contains(why, "no fewer are wrong") {
				t.Errorf("the reason is not told:%s", f)
			}
			if html, err := os.ReadFile(picture); err != nil || !strings.Contains(string(html), "<html") || !strings.Contains(string(html), "No order of these") {
				t.Errorf("picture: %v, %d bytes", err, len(html))
			}
			if again := explore(); again == nil || again.String() != f.String() {
				t.Errorf("told differently the second time:%v\nfirst:%v", again, f)
			}
		})
	}
}

// stuckLimiter never returns from Reserve.
type stuckLimiter struct{ *mutexLimiter }

func (stuckLimiter) Reserve(string) (uint64, bool) {
	<-make(chan struct{})
	return 0, false
}

// TestLimiterUndecided holds that what cannot be judged is red.
func TestLimiterUndecided(t *testing.T) {
	l := &limiterSuite{t: t, seed: 1, make: func() Limiter { return stuckLimiter{newMutexLimiter()} }}
	f := l.scheduled(schedule.NewList(nil))
	if f == nil || !strings.HasPrefix(f.verdict, "undecided") {
		t.Errorf("got %v, want a failure that says undecided", f)
	}
}
