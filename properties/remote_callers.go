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
	if op.try && ok {
		seq, err = try.TrySend(messagePayload(op.id))
	} else {
		seq, err = rc.system.Send(ctx, messagePayload(op.id))
	}
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
		rc.snapshot(counter, false)
	}
}

func (rc *remoteCase) snapshot(counter RemoteCounter, atRest bool) {
	s := counter.Stats()
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.rests = append(rc.rests, remoteRest{at: rc.rec.Len(), atRest: atRest, stats: s})
}

// atRest is called by the scheduler when nothing can happen but the passing
// of time.
func (rc *remoteCase) atRest() {
	if !rc.built.get() {
		return
	}
	if counter, ok := rc.system.(RemoteCounter); ok {
		rc.snapshot(counter, true)
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
	reply, b := replyPayload(id, n), rc.load.handlers[id]
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
	defer rc.rec.Observe(Observation{Kind: DispatchReturn, ID: id, Party: "remote"})
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
	rc.closing.set()
	rc.rec.Observe(Observation{Kind: CloseCall, Party: "remote"})
	err := rc.system.Close(ctx)
	o := Observation{Kind: CloseReturn, Party: "remote"}
	if err != nil {
		o.Err = "forced"
	}
	rc.closeErr = err
	rc.rec.Observe(o)
	rc.closed.set()
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
