package properties

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// remoteCalls counts the calls that have not returned yet, by what they are.
type remoteCalls struct {
	// sends are those of callers, inner those of dispatches.
	sends, inner, tries, looks, closes, dispatches atomic.Int32
	// looked is one more than the number of records at the last look, zero before.
	looked int
}

// look reads Stats while nothing else can happen, on a goroutine of the case:
// if it has to wait, it must not be the scheduler who waits.
func (rc *remoteCase) look(counter RemoteCounter) {
	c := &rc.calls
	r := remoteRest{at: rc.rec.Len(), atRest: true, sends: int(c.sends.Load()), inner: int(c.inner.Load()),
		closes: int(c.closes.Load()), dispatches: int(c.dispatches.Load()), writing: rc.wire.writing.Load() > 0}
	n, m := c.looks.Load(), c.tries.Load()
	rc.mu.Lock()
	forced, now := rc.wire.deadline(), time.Now()
	rc.out.found.between(func() {
		rc.out.found.judge("remote/close-returns", r.at, r.closes == 0 || forced.IsZero() || !now.After(forced), "Close waits at rest, after its context was done", "it returns")
		rc.out.found.judge("remote/close-returns", r.at, rc.peerDeadline.IsZero() || !now.After(rc.peerDeadline) || rc.handling > 0, "the peer's Close waits at rest, after its context was done, and no handler runs", "it returns")
		rc.out.found.judge("remote/prompt", r.at, n == 0 && m == 0, fmt.Sprintf("%d calls of Stats and %d of TrySend wait at rest", n, m), "they return at once")
	})
	rc.mu.Unlock()
	// One that waits tells enough. A look makes steps, after which there is rest
	// again, and between two without a record there is nothing new to see.
	if n > 0 || c.looked == r.at+1 {
		return
	}
	c.looked = r.at + 1
	rc.stage.spawn("rest", func() {
		c.looks.Add(1)
		r.stats = counter.Stats()
		c.looks.Add(-1)
		// Time may have passed on the way, and somebody moved.
		r.atRest = rc.rec.Len() == r.at
		rc.mu.Lock()
		defer rc.mu.Unlock()
		r.at = rc.rec.Len()
		rc.rests = append(rc.rests, r)
	})
}

// tell judges by a law, and asks for the words only when it is broken.
func (w *remoteWitness) tell(name string, ok bool, words func() (observed, allowed string)) {
	if ok {
		w.f.judged["remote/"+name]++
		return
	}
	observed, allowed := words()
	w.law(name, false, observed, allowed)
}

// rest judges a snapshot at rest beside what the events tell.
func (w *remoteWitness) rest(r remoteRest) {
	s, b := r.stats, w.b
	w.at = r.at
	slots := s.Slots
	if len(w.order) > 0 {
		slots = min(slots, w.slots)
		w.tell("conservation", s.Accepted == uint64(len(w.order)) && s.Resolved == w.resolved && s.InFlight == w.flying, func() (string, string) {
			return fmt.Sprintf("Stats tells %d accepted, %d resolved, %d in flight; the events %d, %d, %d",
				s.Accepted, s.Resolved, s.InFlight, len(w.order), w.resolved, w.flying), "the counts are what has happened"
		})
	}
	w.tell("no-idle-wait", s.InBuffer == 0 || !s.Online || r.writing || slots >= w.window(), func() (string, string) {
		return fmt.Sprintf("%d messages in the buffer at rest with a link up and %d of %d slots taken", s.InBuffer, slots, w.window()),
			"no message waits while a link is up and a slot is free"
	})
	awaiting := s.InBuffer + s.InFlight + s.Undispatched
	room := func(extra int) bool {
		return s.InBuffer < b.Buffer+extra && awaiting < w.window()+b.Buffer+extra
	}
	for _, c := range []struct {
		who   string
		waits int
		extra int
	}{{"callers", r.sends, 0}, {"dispatchers that send", r.inner, 1}} {
		w.tell("prompt", c.waits == 0 || !room(c.extra), func() (string, string) {
			return fmt.Sprintf("%d %s wait at rest with %d messages in the buffer and %d that await their dispatch", c.waits, c.who, s.InBuffer, awaiting),
				fmt.Sprintf("none waits with less than %d, and less than %d", b.Buffer+c.extra, w.window()+b.Buffer+c.extra)
		})
	}
	w.tell("prompt", r.closes == 0 || s.Accepted != s.Resolved || s.Undispatched > 0 || r.dispatches > 0, func() (string, string) {
		return "Close waits at rest, and everything accepted was dispatched", "it returns at once"
	})
}

// serving names the goroutines that are left with no link open: those of the
// peer besides its stream handlers, and those of the Remote. The suite's own are
// children of the root.
func serving(g scheduled) (peer, remote []string) {
	var roots []string
	for _, t := range g.s.Tasks() {
		if t.Parent == "root" {
			continue
		}
		if strings.HasPrefix(t.Parent, "peer.serve") {
			roots = append(roots, t.Path+".")
		}
		if slices.ContainsFunc(roots, func(root string) bool { return strings.HasPrefix(t.Path+".", root) }) {
			peer = append(peer, t.Name)
		} else {
			remote = append(remote, t.Name)
		}
	}
	return peer, remote
}

// peerClosed tells whether every ClosePeer has returned.
func (rc *remoteCase) peerClosed() bool {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return rc.peersLeft == 0
}

// judgeBackoff judges the delay that was drawn when a link or an attempt came to
// nothing: anything up to a bound that doubles with every failure. That two in a
// row are next to nothing has odds of 1 to 2^40 where they are drawn evenly.
func (w *remoteWitness) judgeBackoff(l *tracedLink, e protocol.Event) {
	if w.b.BackoffMax == 0 || e.Reason == protocol.Closed {
		return
	}
	if l.replied || w.b.Punctual && l.up && w.now-l.upAt >= w.b.BackoffMax {
		w.failures = 0
	}
	bound := w.b.BackoffMax
	if w.failures < 62 && w.b.BackoffMin <= bound>>w.failures {
		bound = w.b.BackoffMin << w.failures
		w.failures++
	}
	w.law("backoff", e.Value >= 0 && e.Value <= int64(bound), fmt.Sprintf("a delay of %dns drawn after link %d", e.Value, e.Epoch), fmt.Sprintf("at most %dns", int64(bound)))
	if e.Value < int64(bound)>>20 {
		w.tiny++
	} else {
		w.tiny = 0
	}
	w.law("backoff", w.tiny < 2, fmt.Sprintf("a delay of %dns drawn after link %d, and next to none before", e.Value, e.Epoch), fmt.Sprintf("any delay up to %dns, evenly", int64(bound)))
}
