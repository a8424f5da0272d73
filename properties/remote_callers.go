package properties

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol"
)

// call is a caller of the suite.
func (rc *remoteCase) call(caller int, ops []remoteOp) {
	defer func() {
		rc.mu.Lock()
		rc.callersLeft--
		rc.mu.Unlock()
	}()
	for _, op := range ops {
		hold(context.Background(), op.pause)
		schedule.Point("call")
		rc.send(context.Background(), caller, op)
	}
}

// send makes one call and records its two ends.
func (rc *remoteCase) send(ctx context.Context, caller int, op remoteOp) {
	if op.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, op.timeout)
		defer cancel()
	}
	rc.rec.Observe(Observation{Kind: SendCall, ID: op.id, Caller: caller, Party: "remote"})
	var seq uint64
	var err error
	try, ok := rc.system.(TrySender)
	waiting := &rc.calls.sends
	switch {
	case op.try && ok:
		waiting = &rc.calls.tries
	case caller == 0:
		waiting = &rc.calls.inner
	}
	waiting.Add(1)
	if op.try && ok {
		seq, err = try.TrySend(rc.load.payload(op.id))
	} else {
		seq, err = rc.system.Send(ctx, rc.load.payload(op.id))
	}
	waiting.Add(-1)
	o := Observation{Kind: SendAccepted, ID: op.id, Caller: caller, Party: "remote", Seq: seq}
	if err != nil {
		o.Kind, o.Err = SendRefused, errorName(err)
	} else {
		rc.mu.Lock()
		rc.accepted[op.id] = true
		rc.mu.Unlock()
	}
	rc.rec.Observe(o)
}

// observe reads Stats at moments of the schedule's choice.
func (rc *remoteCase) observe() {
	counter, ok := rc.system.(RemoteCounter)
	if !ok {
		return
	}
	for range rc.load.looks {
		schedule.Point("look")
		rc.snapshot(counter)
	}
}

// snapshot reads Stats and keeps it.
func (rc *remoteCase) snapshot(counter RemoteCounter) {
	rc.calls.looks.Add(1)
	s := counter.Stats()
	rc.calls.looks.Add(-1)
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.rests = append(rc.rests, remoteRest{at: rc.rec.Len(), stats: s})
}

// atRest is called by the scheduler when nothing can happen but the passing
// of time.
func (rc *remoteCase) atRest() {
	if !rc.built.get() {
		return
	}
	if counter, ok := rc.system.(RemoteCounter); ok {
		rc.look(counter)
	}
	if sim, ok := rc.net.(*simFabric); ok {
		rc.strays(sim)
	}
}

// strays looks for server handlers that outlive their link.
func (rc *remoteCase) strays(sim *simFabric) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	for _, l := range sim.net.Links() {
		if !l.Open && l.Serving && rc.handling == 0 {
			rc.settled.strays = append(rc.settled.strays, l.Name)
		}
	}
}

// handle is the peer's handler.
func (rc *remoteCase) handle(ctx context.Context, payload []byte) ([]byte, error) {
	id, ok := payloadID(payload)
	if !ok {
		rc.rec.Observe(Observation{Kind: HandlerCall, Party: "peer", Payload: protocol.Digest(payload)})
		return nil, status.Error(codes.InvalidArgument, "payload was never sent")
	}
	rc.mu.Lock()
	rc.answers[id]++
	n := rc.answers[id]
	rc.handling++
	rc.mu.Unlock()
	rc.rec.Observe(Observation{Kind: HandlerCall, ID: id, Party: "peer", Payload: protocol.Digest(payload)})
	reply, b := rc.load.reply(id, n), rc.load.handlers[id]
	o := Observation{Kind: HandlerReturn, ID: id, Party: "peer", Payload: protocol.Digest(reply)}
	defer func() {
		rc.mu.Lock()
		rc.handling--
		rc.mu.Unlock()
		rc.rec.Observe(o)
	}()
	schedule.Point("handle")
	hold(ctx, b.hold)
	switch {
	case b.panics:
		o.Payload, o.Err = 0, "panic"
		panic(fmt.Sprintf("handler of m%d", id))
	case b.fails:
		o.Payload, o.Err = 0, "error"
		return nil, fmt.Errorf("handler of m%d", id)
	}
	return reply, nil
}

// dispatch is the Remote's dispatcher.
func (rc *remoteCase) dispatch(ctx context.Context, r protocol.Result) {
	id, _ := payloadID(r.Message)
	o := Observation{Kind: DispatchCall, ID: id, Party: "remote", Seq: r.Seq, Outcome: r.Outcome, Reason: r.Reason}
	if r.Outcome == protocol.Replied && r.Err == nil {
		o.Payload = protocol.Digest(r.Reply)
	}
	if r.Err != nil {
		o.Err = "handler failed"
	}
	rc.rec.Observe(o)
	rc.wire.dispatched(r.Seq)
	rc.calls.dispatches.Add(1)
	defer func() {
		rc.calls.dispatches.Add(-1)
		rc.rec.Observe(Observation{Kind: DispatchReturn, ID: id, Party: "remote"})
	}()
	rc.mu.Lock()
	rc.dispatched[id]++
	rc.mu.Unlock()
	schedule.Point("dispatch")
	b := rc.load.dispatchers[id]
	hold(ctx, b.hold)
	for _, id := range b.sends {
		rc.send(ctx, 0, remoteOp{id: id})
	}
	if b.panics {
		panic(fmt.Sprintf("dispatcher of m%d", id))
	}
}

// close calls Close with some time to drain.
func (rc *remoteCase) close(grace time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	rc.wire.closes(grace)
	rc.rec.Observe(Observation{Kind: CloseCall, Party: "remote"})
	rc.calls.closes.Add(1)
	err := rc.system.Close(ctx)
	rc.calls.closes.Add(-1)
	o := Observation{Kind: CloseReturn, Party: "remote"}
	if err != nil {
		o.Err = "forced"
	}
	rc.rec.Observe(o)
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.closeErr = err
	if rc.closersLeft--; rc.closersLeft == 0 {
		rc.closed.set()
	}
}

// closeLater calls Close at its time.
func (rc *remoteCase) closeLater(c closing) {
	hold(context.Background(), c.at)
	schedule.Point("close")
	rc.close(c.grace)
}

// closePeer ends the peer, where it has an end.
func (rc *remoteCase) closePeer(pc PeerCloser, grace time.Duration) {
	rc.mu.Lock()
	if end := time.Now().Add(grace); end.After(rc.peerDeadline) {
		rc.peerDeadline = end
	}
	rc.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	// What it names is in the caller's code; the laws judge what is left.
	_ = pc.ClosePeer(ctx)
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.peersLeft--
	rc.peerDeadline = time.Time{} // each call ends the others
}

// worked tells whether the callers are through.
func (rc *remoteCase) worked() bool {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return rc.callersLeft == 0
}

// drained tells whether the callers are through and every accepted message
// was dispatched, or Close took care of the rest.
func (rc *remoteCase) drained() bool {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if rc.callersLeft > 0 {
		return false
	}
	if rc.load.close >= 0 {
		return rc.closed.get()
	}
	for id := range rc.accepted {
		if rc.dispatched[id] == 0 {
			return false
		}
	}
	return true
}
