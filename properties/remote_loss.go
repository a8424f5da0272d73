package properties

import (
	"fmt"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// remoteCauses is what messages may be lost for, as the suite saw it happen.
type remoteCauses struct {
	// lost are the losses of links and the failures of attempts that something
	// else than the Remote is to blame for, by the number of records before.
	lost []int
	// forced is when the first ctx of a Close was done; none is negative.
	forced time.Duration
	next   int // in lost
	seen   int // before the record at hand
}

// closes notes a Close that may take so long.
func (w *remoteWire) closes(grace time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if end := time.Now().Add(grace); w.forced.IsZero() || end.Before(w.forced) {
		w.forced = end
	}
}

// deadline is when the first ctx of a Close is done, zero if none was called.
func (w *remoteWire) deadline() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.forced
}

// remoteCauses returns what was seen, timed as the records are.
func (w *remoteWire) remoteCauses() *remoteCauses {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &remoteCauses{lost: w.causes, forced: -1}
	if !w.forced.IsZero() {
		c.forced = w.forced.Sub(w.rec.start)
	}
	return c
}

// until moves on to the causes that came before record at.
func (c *remoteCauses) until(at int) {
	for c.next < len(c.lost) && c.lost[c.next] <= at {
		c.seen++
		c.next++
	}
}

// over tells whether a Close has run out of time.
func (c *remoteCauses) over(now time.Duration) bool { return c.forced >= 0 && now >= c.forced }

// needed judges that a message, or a link, was not lost without a cause. It asks
// only where the suite has sat on the wire.
func (w *remoteWitness) needed(ok bool, observed, allowed string) {
	if w.causes != nil && w.b.Delivery == protocol.AtMostOnce {
		w.law("no-needless-loss", ok, observed, allowed)
	}
}

// lostLink judges the end of a link, or of an attempt to make one.
func (w *remoteWitness) lostLink(l *tracedLink, e protocol.Event) {
	if w.causes == nil || e.Reason == protocol.Closed {
		return
	}
	w.causes.until(w.at)
	late := !l.up && w.now-l.connectAt >= w.b.ConnectTimeout
	w.needed(w.causes.seen > l.causes || late || w.causes.over(w.now), fmt.Sprintf("link %d ended (%v) and neither the network, the peer's Close nor a bound has ended it", e.Epoch, e.Reason), "a link is used until it is lost")
}

// lostMessage judges that a message ended NotSent or Unknown.
func (w *remoteWitness) lostMessage(e protocol.Event) {
	if w.causes == nil || e.Outcome == protocol.Replied {
		return
	}
	what := fmt.Sprintf("seq %d ended %v (%v)", e.Seq, e.Outcome, e.Reason)
	switch e.Reason {
	case protocol.Offline:
		l := w.link(w.current)
		w.needed(!l.up || l.down, what+fmt.Sprintf(" while link %d was up", w.current), "it is sent")
		if w.b.Punctual {
			w.needed(w.now <= w.waitUntil, what+fmt.Sprintf(" %v after the delay was over", w.now-w.waitUntil), "only the message that asked for a failed attempt, or one that came during the delay")
		}
	case protocol.LinkLost:
		w.needed(w.link(w.message(e.Seq).sent).down, what+" and its link is up", "its reply is waited for")
	case protocol.Closed:
		w.needed(w.causes.over(w.now), what+" and no Close has run out of time", "Close drains until its ctx is done")
	default:
		w.needed(false, what+" and nobody has asked for that", "its reply is waited for")
	}
}

// lostDispatch judges the same by the suite's eyes alone. When the Remote has
// noticed a loss, and how long its delay is, only events tell.
func (w *remoteWitness) lostDispatch(o Observation) {
	if w.causes == nil || o.Outcome == protocol.Replied {
		return
	}
	w.causes.until(w.at)
	what := fmt.Sprintf("m%d dispatched %v (%v)", o.ID, o.Outcome, o.Reason)
	switch o.Reason {
	case protocol.Offline:
		w.needed(w.causes.seen > 0, what+" and no attempt has failed, and no link was lost", "it is sent")
	case protocol.LinkLost:
		w.needed(w.causes.seen > 0, what+" and no link was lost", "its reply is waited for")
	case protocol.Closed:
		w.needed(w.causes.over(w.now), what+" and no Close has run out of time", "Close drains until its ctx is done")
	default:
		w.needed(false, what+" and nobody has asked for that", "its reply is waited for")
	}
}
