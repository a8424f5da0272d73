package properties

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// scriptedHost is a host that the suite plays itself, message by message: it
// can be slow, deaf to cancels, repeat itself and answer what nobody asked,
// which no host library would do.
type scriptedHost struct {
	gc   *gatewayCase
	load hostLoad
	ctx  context.Context

	mu sync.Mutex
	// link is the current attachment, nil between two.
	link    *scriptedLink
	cancels map[uint64]context.CancelFunc
	// given are the attempts that it was ever sent.
	given map[uint64]bool
	// begun counts its streams, open those that have not ended. quit is whether
	// it has ended one itself.
	begun, open int
	quit        bool
}

// scriptedLink is one attachment of a scripted host.
type scriptedLink struct {
	ctx    context.Context
	cancel context.CancelFunc
	// outbox holds what is to be sent; kick wakes the sender.
	outbox []*gatewayv1.HostMessage
	kick   chan struct{}
	// welcomed is whether the gateway has answered the hello; the receiver's own.
	welcomed bool
	// leaving is whether it has said so: what comes now is refused. hangsUp ends
	// the attachment once the outbox is sent.
	leaving, hangsUp bool
}

func newScriptedHost(ctx context.Context, gc *gatewayCase, load hostLoad) *scriptedHost {
	return &scriptedHost{gc: gc, load: load, ctx: ctx, cancels: make(map[uint64]context.CancelFunc), given: make(map[uint64]bool)}
}

// start starts the goroutines of the host.
func (h *scriptedHost) start() {
	h.gc.stage.spawn(h.load.name, func() {
		defer h.gc.hostEnded()
		h.run()
	})
	if h.load.leaves > 0 {
		h.gc.stage.spawn(h.load.name+".leaver", h.leave)
	}
	if h.load.again > 0 {
		h.gc.stage.spawn(h.load.name+".second", func() {
			if hold(h.ctx, h.load.again) {
				h.attach()
			}
		})
	}
	if h.load.recap > 0 {
		h.gc.stage.spawn(h.load.name+".capacity", h.recap)
	}
}

// recap declares another capacity, and a while later the old one again.
func (h *scriptedHost) recap() {
	for _, op := range []struct {
		after    time.Duration
		capacity int
	}{{h.load.recap, h.load.recapTo}, {h.gc.network.seconds(1), h.load.capacity}} {
		if !hold(h.ctx, op.after) {
			return
		}
		h.mu.Lock()
		k := h.link
		h.mu.Unlock()
		if k != nil {
			h.post(k, &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Capacity{Capacity: &gatewayv1.Capacity{Capacity: uint32(op.capacity)}}})
		}
	}
}

// run attaches again and again until ctx is done.
func (h *scriptedHost) run() {
	if !hold(h.ctx, h.load.late) {
		return
	}
	for h.ctx.Err() == nil {
		h.attach()
		hold(h.ctx, h.gc.network.seconds(0.3))
	}
}

// leave says once that the host is leaving, and a little later ends the
// attachment whatever is still running.
func (h *scriptedHost) leave() {
	if !hold(h.ctx, h.load.leaves) {
		return
	}
	h.mu.Lock()
	k := h.link
	if k != nil {
		k.leaving = true
	}
	h.mu.Unlock()
	if k == nil {
		return
	}
	h.post(k, &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Drain{Drain: &gatewayv1.Drain{}}})
	hold(k.ctx, h.gc.network.seconds(0.5))
	k.cancel()
}

// attach is one attachment from hello to its end.
func (h *scriptedHost) attach() {
	ctx, cancel := context.WithCancel(h.ctx)
	defer cancel()
	conn, err := h.gc.net.connect(ctx, h.load.name, "gateway")
	if err != nil {
		return
	}
	defer conn.Close()
	h.gc.rec.Observe(Observation{Kind: HostAttach, Party: h.load.name})
	stream, err := gatewayv1.NewGatewayClient(conn).Attach(ctx)
	if err != nil {
		h.gc.rec.Observe(Observation{Kind: HostGone, Party: h.load.name})
		return
	}
	k := &scriptedLink{ctx: ctx, cancel: cancel, kick: make(chan struct{}, 1)}
	h.post(k, &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Hello{Hello: &gatewayv1.Hello{Host: h.load.name, Capacity: uint32(h.load.capacity)}}})
	h.mu.Lock()
	h.link = k
	h.begun++
	h.open++
	me, alone := h.begun, h.open == 1 && !h.quit
	h.mu.Unlock()
	var sender sync.WaitGroup
	sender.Add(1)
	h.gc.stage.spawn(h.load.name+".sender", func() {
		defer sender.Done()
		h.send(k, stream.Send)
	})
	h.mu.Lock()
	deaf := h.load.deaf
	h.load.deaf = 0
	h.mu.Unlock()
	if deaf > 0 {
		hold(ctx, deaf)
		if h.load.quits {
			cancel()
		}
	}
	for {
		m, err := stream.Recv()
		if err != nil {
			break
		}
		h.receive(k, m)
	}
	h.mu.Lock()
	if h.link == k {
		h.link = nil
	}
	h.open--
	alone = alone && h.begun == me
	// The gateway may hear the hello of a stream that this host has ended after
	// that of the next one, which it then takes for superseded.
	h.quit = h.quit || ctx.Err() != nil
	h.mu.Unlock()
	if ctx.Err() == nil {
		h.gc.turnedAway(h.load.name, alone, k.welcomed)
	}
	cancel()
	h.gc.rec.Observe(Observation{Kind: HostGone, Party: h.load.name})
	sender.Wait()
	schedule.Point("resume")
}

// send hands the outbox to the stream, one message at a time.
func (h *scriptedHost) send(k *scriptedLink, send func(*gatewayv1.HostMessage) error) {
	for {
		select {
		case <-k.kick:
		case <-k.ctx.Done():
		}
		schedule.Point("host sends")
		if k.ctx.Err() != nil {
			return
		}
		h.mu.Lock()
		batch, hangsUp := k.outbox, k.hangsUp
		k.outbox = nil
		h.mu.Unlock()
		for _, m := range batch {
			if r := m.GetReply(); r != nil {
				o := Observation{Kind: HostAnswer, Party: h.load.name, Attempt: r.GetAttempt(), Payload: protocol.Digest(r.GetPayload())}
				if r.GetFailure() != nil {
					o.Payload, o.Err = 0, "failure"
				}
				h.gc.rec.Observe(o)
			}
			if send(m) != nil {
				return // the receiver learns why
			}
		}
		if hangsUp {
			k.cancel()
			return
		}
	}
}

// post queues messages for an attachment; what comes after its end is
// dropped.
func (h *scriptedHost) post(k *scriptedLink, messages ...*gatewayv1.HostMessage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k.outbox = append(k.outbox, messages...)
	select {
	case k.kick <- struct{}{}:
	default:
	}
}

// receive takes one message of the gateway.
func (h *scriptedHost) receive(k *scriptedLink, m *gatewayv1.GatewayMessage) {
	switch body := m.GetBody().(type) {
	case *gatewayv1.GatewayMessage_Welcome:
		k.welcomed = true
	case *gatewayv1.GatewayMessage_Cancel:
		h.mu.Lock()
		cancel := h.cancels[body.Cancel.GetAttempt()]
		h.mu.Unlock()
		h.gc.wasTold(body.Cancel.GetAttempt())
		if cancel != nil {
			cancel()
		}
	case *gatewayv1.GatewayMessage_Request:
		h.request(k, body.Request)
	}
}

// request refuses an attempt or begins it.
func (h *scriptedHost) request(k *scriptedLink, r *gatewayv1.Request) {
	attempt := r.GetAttempt()
	id, n := h.gc.given(r.GetPayload())
	a := h.gc.load.answer(id, n)
	h.mu.Lock()
	refuses := a.refuses || k.leaving
	h.given[attempt] = true
	h.mu.Unlock()
	if refuses {
		h.post(k, &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Refuse{Refuse: &gatewayv1.Refuse{Attempt: attempt}}})
		if a.ready {
			h.gc.stage.spawn(h.load.name+".ready", func() {
				hold(k.ctx, h.gc.network.seconds(0.1))
				h.post(k, &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Ready{Ready: &gatewayv1.Ready{}}})
			})
		}
		return
	}
	life := k.ctx
	if a.carried {
		life = h.ctx
	}
	work, cancel := context.WithCancel(life)
	h.mu.Lock()
	h.cancels[attempt] = cancel
	h.mu.Unlock()
	h.gc.stage.spawn(h.load.name+".handler", func() {
		defer func() {
			h.mu.Lock()
			delete(h.cancels, attempt)
			h.mu.Unlock()
			cancel()
		}()
		if a.stubborn {
			work = life
		}
		h.gc.begin(h.load.name, attempt, id, r.GetPayload())
		h.answer(k, a, attempt, h.handle(work, a, attempt, id, n))
	})
}

// handle runs one attempt as the load says.
func (h *scriptedHost) handle(ctx context.Context, a answer, attempt uint64, id, n int) *gatewayv1.Reply {
	reply := &gatewayv1.Reply{Attempt: attempt, Payload: hostReply(id, n, h.load.name)}
	switch {
	case !hold(ctx, a.hold):
		reply.Payload, reply.Failure = nil, &gatewayv1.Failure{Code: gatewayv1.FailureCode_FAILURE_CODE_CANCELLED, Message: "cancelled"}
	case a.fails:
		reply.Payload, reply.Failure = nil, &gatewayv1.Failure{Code: gatewayv1.FailureCode_FAILURE_CODE_HANDLER, Message: "handler failed"}
	}
	h.gc.end(h.load.name, attempt, id, reply.GetPayload())
	return reply
}

// answer sends the reply to an attempt, and what else the load says, on the
// attachment that brought it, or, if that has ended, on the one that there is
// now.
func (h *scriptedHost) answer(k *scriptedLink, a answer, attempt uint64, reply *gatewayv1.Reply) {
	message := func(r *gatewayv1.Reply) *gatewayv1.HostMessage {
		return &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Reply{Reply: r}}
	}
	if a.carried && k.ctx.Err() != nil {
		h.mu.Lock()
		if h.link != nil {
			k = h.link
		}
		h.mu.Unlock()
	}
	if a.stray {
		h.post(k, message(&gatewayv1.Reply{Attempt: 1 << 40, Payload: []byte("stray")}))
		// For its own attempts its answers are right, whatever they say.
		h.mu.Lock()
		own := h.given[attempt-1]
		h.mu.Unlock()
		if attempt > 1 && !own {
			h.post(k, message(&gatewayv1.Reply{Attempt: attempt - 1, Payload: []byte("stray")}))
		}
	}
	if a.hangsUp {
		h.mu.Lock()
		k.hangsUp = true
		h.mu.Unlock()
	}
	h.post(k, message(reply))
	if a.twice {
		h.post(k, message(&gatewayv1.Reply{Attempt: attempt, Payload: []byte("again")}))
	}
}

// hostReply is the answer of a host to the n-th attempt of a request.
func hostReply(id, n int, host string) []byte {
	return []byte("r" + strconv.Itoa(id) + "." + strconv.Itoa(n) + "." + host)
}
