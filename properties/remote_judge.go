package properties

import (
	"fmt"
	"strings"
)

// judge puts together what the history, the snapshots and the end of a case
// say.
func (rc *remoteCase) judge() {
	records, dropped := rc.rec.Records()
	rc.out.records = records
	if dropped > 0 {
		rc.out.undecided = fmt.Sprintf("%d records were dropped", dropped)
	}
	b := RemoteBounds{Mode: rc.world.Mode, Delivery: rc.world.Delivery, Buffer: rc.world.Buffer, Window: rc.world.Window, FrameMessages: rc.world.FrameMessages,
		BackoffMin: rc.world.BackoffMin, BackoffMax: rc.world.BackoffMax, ConnectTimeout: rc.world.ConnectTimeout, Punctual: rc.network != Loopback}
	w := newRemoteWitness(b)
	if rc.wire != nil {
		w.causes = rc.wire.remoteCauses()
	}
	rests := rc.rests
	for i := 0; i <= len(records); i++ {
		for ; len(rests) > 0 && rests[0].at == i; rests = rests[1:] {
			w.f.between(func() { w.snapshot(rests[0]) })
		}
		if i < len(records) {
			w.record(i, records[i])
		}
	}
	w.end(len(records))
	f := w.f
	f.merge(rc.out.found)
	if rc.wire != nil {
		f.merge(rc.wire.findings())
	}
	rc.out.found = f
	f.judged["remote/no-crash"]++
	rc.judgeQueue(f, records)
	rc.judgeEnd(f, len(records))
	if rc.net != nil {
		rc.out.fired = rc.net.fired()
	}
}

// snapshot judges what Stats said.
func (w *remoteWitness) snapshot(r remoteRest) {
	b, s := w.b, r.stats
	w.at = r.at
	w.tell("conservation", s.Accepted == uint64(s.InBuffer)+uint64(s.InFlight)+s.Resolved, func() (string, string) {
		return fmt.Sprintf("accepted %d, in buffer %d, in flight %d, resolved %d", s.Accepted, s.InBuffer, s.InFlight, s.Resolved),
			"accepted = in buffer + in flight + resolved"
	})
	w.tell("conservation", s.Resolved == s.Replied+s.NotSent+s.Unknown, func() (string, string) {
		return fmt.Sprintf("resolved %d, replied %d, not-sent %d, unknown %d", s.Resolved, s.Replied, s.NotSent, s.Unknown),
			"resolved = replied + not-sent + unknown"
	})
	// A Send from within a dispatch may use one place more.
	w.tell("bounded", s.InBuffer <= b.Buffer+1, func() (string, string) {
		return fmt.Sprintf("%d messages in the buffer", s.InBuffer), fmt.Sprintf("at most %d", b.Buffer+1)
	})
	w.tell("bounded", s.InFlight >= 0 && s.InBuffer >= 0 && s.Undispatched >= 0, func() (string, string) {
		return fmt.Sprintf("in buffer %d, in flight %d, undispatched %d", s.InBuffer, s.InFlight, s.Undispatched), "no negative count"
	})
	w.tell("bounded", s.Undispatched <= b.Window+b.Buffer+1, func() (string, string) {
		return fmt.Sprintf("%d outcomes wait for dispatch", s.Undispatched), fmt.Sprintf("at most %d", b.Window+b.Buffer+1)
	})
	w.tell("window", s.InFlight <= w.window(), func() (string, string) {
		return fmt.Sprintf("%d messages in flight", s.InFlight), fmt.Sprintf("at most %d", w.window())
	})
	if s.InBuffer >= b.Buffer {
		w.f.fact("remote/sometimes-full-buffer")
	}
	if r.atRest {
		w.rest(r)
	}
}

// judgeEnd judges how the case ended.
func (rc *remoteCase) judgeEnd(f *findings, n int) {
	s := rc.settled
	if s.askedAnswer {
		f.between(func() {
			f.judge("remote/answered", s.asked, s.answered, s.open, "every accepted message is resolved and dispatched once faults are gone")
		})
	}
	if s.askedClose {
		f.judge("remote/close-returns", n, s.closeReturned, "Close has not returned 10 minutes after its context was done", "it returns")
	}
	if s.askedPeer {
		f.judge("remote/close-returns", n, s.peerReturned, "the peer's Close has not returned 10 minutes after its context was done", "it returns")
	}
	if rc.stage != nil && rc.stage.rests() {
		f.judge("remote/peer-clean", n, len(s.serving) == 0, "the peer still has "+strings.Join(s.serving, ", ")+" with no link open", "nothing")
		f.judge("remote/peer-clean", n, len(s.strays) == 0, "the peer still serves "+strings.Join(s.strays, ", ")+" at rest", "nothing for a link that is gone")
	}
	if s.answered {
		f.judge("remote/quiet-after-close", n, len(s.running) == 0, "goroutines left with every connection that belongs to the Remote closed: "+strings.Join(s.running, ", "), "none")
	}
	// A caller that still waits is left too, and told by another law.
	if s.looked && s.answered {
		f.judge("remote/quiet-after-close", n, len(s.left) == 0, "goroutines left: "+strings.Join(s.left, ", "), "none")
	}
	if sim, ok := rc.net.(*simFabric); ok {
		for _, b := range sim.net.Breaches() {
			f.judge("remote/link", n, false, b.String(), "the contract of a gRPC stream")
		}
	}
	if s.counted {
		c := s.final
		f.judge("remote/close-complete", n, c.InBuffer == 0 && c.InFlight == 0 && c.Resolved == c.Accepted,
			fmt.Sprintf("after Close: accepted %d, resolved %d, in buffer %d, in flight %d", c.Accepted, c.Resolved, c.InBuffer, c.InFlight), "resolved = accepted")
	}
	if rc.closed.get() && s.graceful {
		f.judge("remote/close-complete", n, rc.undispatched() == 0, fmt.Sprintf("Close returned without an error and %d accepted messages were never dispatched", rc.undispatched()), "every outcome is dispatched, or named in the error")
	}
}

func (rc *remoteCase) undispatched() int {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	n := 0
	for id := range rc.accepted {
		if rc.dispatched[id] == 0 {
			n++
		}
	}
	return n
}

// unanswered names what is open, in the order of the ids.
func (rc *remoteCase) unanswered() string {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	var open []string
	for id := 1; id <= rc.load.messages; id++ {
		if rc.accepted[id] && rc.dispatched[id] == 0 {
			open = append(open, fmt.Sprintf("m%d", id))
		}
	}
	if len(open) == 0 {
		return fmt.Sprintf("%d callers still wait", rc.callersLeft)
	}
	return strings.Join(open, ", ") + " accepted and never dispatched"
}
