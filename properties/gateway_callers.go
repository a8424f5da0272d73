package properties

import (
	"context"
	"errors"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol"
)

// call is a caller of the suite.
func (gc *gatewayCase) call(caller int, ops []gatewayOp) {
	defer func() {
		gc.mu.Lock()
		gc.callersLeft--
		gc.mu.Unlock()
	}()
	for _, op := range ops {
		hold(context.Background(), op.pause)
		schedule.Point("call")
		gc.do(caller, op)
	}
}

// do makes one call and records its two ends.
func (gc *gatewayCase) do(caller int, op gatewayOp) {
	// Seen first, so that no ctx is done earlier than it says.
	gc.rec.Observe(Observation{Kind: DoCall, ID: op.id, Caller: caller, Party: "gateway"})
	ctx := context.Background()
	if op.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, op.timeout)
		defer cancel()
	}
	if op.cancel > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		gc.stage.spawn("canceller", func() {
			if hold(ctx, op.cancel) {
				cancel()
			}
		})
	}
	response, err := gc.system.Do(ctx, GatewayRequest{Payload: messagePayload(op.id), Idempotent: op.idempotent})
	o := Observation{Kind: DoReturn, ID: op.id, Caller: caller, Party: "gateway"}
	if err != nil {
		o.Err = errorName(err)
	} else {
		o.Payload = protocol.Digest(response)
	}
	gc.rec.Observe(o)
}

// errorName says which of the protocol's errors an error is, without the
// numbers that its text may hold.
func errorName(err error) string {
	for _, e := range []error{protocol.ErrClosed, protocol.ErrOverloaded, protocol.ErrNoHost, protocol.ErrHostLost, protocol.ErrRefused,
		protocol.ErrTooLarge, protocol.ErrFull, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, e) {
			return e.Error()
		}
	}
	var failed *protocol.HandlerError
	if errors.As(err, &failed) {
		return handlerFailed
	}
	return err.Error()
}

// operate changes limits.
func (gc *gatewayCase) operate() {
	limiting, ok := gc.system.(Limiting)
	if !ok {
		return
	}
	for _, op := range gc.load.limits {
		hold(context.Background(), op.after)
		schedule.Point("limit")
		// A host that is not attached has no limit to change.
		_ = limiting.SetLimit(op.host, op.limit)
	}
	// Every limit ends above zero, or the requests could wait for ever.
	for _, h := range gc.load.hosts {
		_ = limiting.SetLimit(h.name, gc.world.HostLimit)
	}
}

// observe reads Stats at moments of the schedule's choice.
func (gc *gatewayCase) observe() {
	counter, ok := gc.system.(GatewayCounter)
	if !ok {
		return
	}
	for range gc.load.looks {
		schedule.Point("look")
		gc.snapshot(counter, false)
	}
}

func (gc *gatewayCase) snapshot(counter GatewayCounter, atRest bool) {
	from := gc.rec.Len()
	s := counter.Stats()
	gc.mu.Lock()
	defer gc.mu.Unlock()
	gc.rests = append(gc.rests, gatewaySnapshot{from: from, at: gc.rec.Len(), atRest: atRest, stats: s,
		now: time.Since(gc.begun), told: gc.told, clean: atRest && gc.net.fired() == 0 && !gc.load.deaf()})
}

// wasTold notes that a scripted host was told to give up an attempt.
func (gc *gatewayCase) wasTold(attempt uint64) {
	gc.mu.Lock()
	defer gc.mu.Unlock()
	gc.told = append(gc.told, attempt)
}

// atRest is called by the scheduler when nothing can happen but the passing
// of time.
func (gc *gatewayCase) atRest() {
	if !gc.built.get() {
		return
	}
	if counter, ok := gc.system.(GatewayCounter); ok {
		gc.snapshot(counter, true)
	}
}

// turnedAway is told that the stream of a scripted host was ended, by the
// gateway or the network. If the network and the host did nothing, and the
// host had no other stream, there was no cause; but a hello that time has passed
// by may have come too late.
func (gc *gatewayCase) turnedAway(host string, alone, welcomed bool) {
	faultless := gc.network == Simulated && gc.net.fired() == 0
	gc.mu.Lock()
	defer gc.mu.Unlock()
	if alone && faultless && (welcomed || gc.punctual) && !gc.closeBegun {
		gc.away = append(gc.away, turnedAway{host, gc.rec.Len()})
	}
}

// startClosers starts who calls Close after a while: one, or two whose calls
// may overlap.
func (gc *gatewayCase) startClosers(after time.Duration) {
	gc.closesLeft = 1
	if gc.load.again >= 0 {
		gc.closesLeft++
		gc.stage.spawn("closer", func() {
			hold(context.Background(), after+gc.load.again)
			gc.close(gc.load.againGrace)
		})
	}
	gc.stage.spawn("closer", func() {
		hold(context.Background(), after)
		gc.close(gc.load.grace)
	})
}

// close calls Close with some time to drain.
func (gc *gatewayCase) close(grace time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	gc.mu.Lock()
	gc.closeBegun = true
	gc.mu.Unlock()
	gc.rec.Observe(Observation{Kind: CloseCall, Party: "gateway"})
	err := gc.system.Close(ctx)
	o := Observation{Kind: CloseReturn, Party: "gateway"}
	if err != nil {
		o.Err = "forced"
	}
	gc.rec.Observe(o)
	gc.mu.Lock()
	defer gc.mu.Unlock()
	gc.closesLeft--
	if gc.closesLeft == 0 {
		gc.closed.set()
	}
}

// worked tells whether the callers are through.
func (gc *gatewayCase) worked() bool { return gc.waiting() == 0 }

// waiting is how many callers are not through.
func (gc *gatewayCase) waiting() int {
	gc.mu.Lock()
	defer gc.mu.Unlock()
	return gc.callersLeft
}
