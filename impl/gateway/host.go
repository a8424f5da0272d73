package gateway

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// Host attaches to a Gateway, and again whenever the attachment is lost, and
// runs what the Gateway sends. Its methods may be called concurrently.
type Host struct {
	config HostConfig
	// ctx is the parent of everything that the Host does; cancel ends it all.
	ctx     context.Context
	cancel  context.CancelFunc
	backoff backoff // of run alone

	// mu guards everything below. It is never held across a call on a stream,
	// a handler or a wait.
	mu   sync.Mutex
	desk desk
	link *hostLink // nil while not attached
	// abort ends the attempt to attach that is under way.
	abort context.CancelFunc

	closing, ended bool
	leave          chan struct{} // closed when closing is set
	quiet          chan struct{} // closed when closing and nothing runs or waits
	away           chan struct{} // closed when run has returned
	gone           chan struct{} // closed when Close has nothing left to do
}

// NewHost returns a Host that is attaching already. An error that wraps
// protocol.ErrConfig is returned when a field of c is missing or outside its
// bounds.
func NewHost(c HostConfig) (*Host, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	h := &Host{
		config: c, ctx: ctx, cancel: cancel,
		backoff: backoff{least: c.BackoffMin, most: c.BackoffMax, rand: c.Rand},
		desk:    newDesk(c.Capacity, c.Queue),
		leave:   make(chan struct{}), quiet: make(chan struct{}),
		away: make(chan struct{}), gone: make(chan struct{}),
	}
	go h.run()
	return h, nil
}

// run holds one attachment after the other until the Host closes.
func (h *Host) run() {
	defer close(h.away)
	for {
		if h.attach() {
			h.backoff.reset()
		}
		timer := time.NewTimer(h.backoff.next())
		select {
		case <-timer.C:
		case <-h.leave:
			timer.Stop()
			return
		}
	}
}

// work runs one attempt, and hands on to the next that waits.
func (h *Host) work(a *attempt) {
	// This answer stands if the handler ends its goroutine (runtime.Goexit).
	answer := failed(gatewayv1.FailureCode_FAILURE_CODE_HANDLER, "handler did not return")
	defer func() {
		if v := recover(); v != nil {
			answer = failed(gatewayv1.FailureCode_FAILURE_CODE_HANDLER, fmt.Sprintf("handler panicked: %v", v))
		}
		next := h.finish(a, answer)
		a.cancel()
		if next != nil {
			go h.work(next)
		}
	}()
	payload, err := h.config.Handle(a.ctx, a.request)
	switch {
	case err != nil:
		answer = failed(gatewayv1.FailureCode_FAILURE_CODE_HANDLER, err.Error())
	case len(payload) > h.config.MessageBytes:
		answer = failed(gatewayv1.FailureCode_FAILURE_CODE_HANDLER, fmt.Sprintf("answer of %d bytes, want at most %d: %v",
			len(payload), h.config.MessageBytes, protocol.ErrTooLarge))
	default:
		answer = &gatewayv1.Reply{Payload: payload}
	}
}

// failed is an answer that says why there is no other.
func failed(code gatewayv1.FailureCode, why string) *gatewayv1.Reply {
	if len(why) > failureBytes {
		why = why[:failureBytes]
	}
	// The wire takes valid UTF-8 only, and the cut may have hit a character.
	why = strings.ToValidUTF8(why, "")
	return &gatewayv1.Reply{Failure: &gatewayv1.Failure{Code: code, Message: why}}
}

// finish answers a, whose handler has returned, and starts the next that
// waits; its caller runs it. Nothing happens for an attempt that outlived
// Close.
func (h *Host) finish(a *attempt, answer *gatewayv1.Reply) (next *attempt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.desk.finish(a)
	if h.ended {
		return nil
	}
	h.trace(protocol.Event{Kind: protocol.KindHandleEnd, Epoch: a.link.epoch,
		Attempt: a.request.Attempt, Digest: h.digest(said(answer))})
	if a.cancelled {
		answer = cancelledAnswer()
	}
	a.link.answer(a, answer)
	next = h.start()
	if h.link != nil {
		h.link.ready()
	}
	h.rest()
	return next
}

// start begins the oldest attempt that waits, if the capacity allows it. One
// that nobody waits for any longer is answered unbegun.
func (h *Host) start() *attempt {
	for {
		a := h.desk.start()
		if a == nil {
			return nil
		}
		if a.ctx.Err() == nil {
			h.trace(protocol.Event{Kind: protocol.KindHandleBegin, Epoch: a.link.epoch,
				Attempt: a.request.Attempt, Digest: h.digest(a.request.Payload)})
			return a
		}
		h.desk.finish(a)
		a.link.answer(a, cancelledAnswer())
	}
}

func cancelledAnswer() *gatewayv1.Reply {
	return failed(gatewayv1.FailureCode_FAILURE_CODE_CANCELLED, "attempt was cancelled")
}

func (h *Host) trace(e protocol.Event) {
	if h.config.Tracer != nil {
		e.Party = h.config.Name
		h.config.Tracer.Trace(e)
	}
}

// digest is the digest of a payload, worked out only if anybody listens.
func (h *Host) digest(payload []byte) uint64 {
	if h.config.Tracer == nil {
		return 0
	}
	return protocol.Digest(payload)
}
