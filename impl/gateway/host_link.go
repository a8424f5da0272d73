package gateway

import (
	"context"
	"time"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// hostLink is one attachment as its host sees it. The goroutine of the Host
// receives on it, one of its own sends.
type hostLink struct {
	host   *Host
	stream gatewayv1.Gateway_AttachClient
	ctx    context.Context
	// wake tells the sender that there is something to write, room the receiver
	// that something was written. Both hold one.
	wake, room chan struct{}
	sent       chan struct{} // closed when the sender is gone

	// The rest is guarded by the lock of the Host.
	epoch      uint64
	attachedAt time.Time
	healthy    bool
	lost       bool
	// held are the attempts that are not answered, by number.
	held map[uint64]*attempt
	// outbox is what is to be written, oldest first; nil closes the stream
	// from this side. It holds one answer at most for each attempt that is
	// admitted, and the receiver waits while it holds that many.
	outbox []*gatewayv1.HostMessage
	// refused is set when an attempt was refused and Ready not said since.
	refused bool
}

// attach holds one attachment, from connecting to its end. It reports whether
// the attachment was healthy: a request came, or it lasted as long as the
// longest delay. Only that resets the delays.
func (h *Host) attach() (healthy bool) {
	ctx, cancel := context.WithCancel(h.ctx)
	defer cancel()
	if !h.attaching(cancel) {
		return false
	}
	timer := time.AfterFunc(h.config.ConnectTimeout, cancel)
	defer timer.Stop()
	conn, err := h.config.Connect(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	stream, err := gatewayv1.NewGatewayClient(conn).Attach(ctx)
	if err != nil {
		return false
	}
	k := &hostLink{host: h, stream: stream, ctx: ctx, held: make(map[uint64]*attempt),
		wake: make(chan struct{}, 1), room: make(chan struct{}, 1), sent: make(chan struct{})}
	k.outbox = append(k.outbox, &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Hello{
		Hello: &gatewayv1.Hello{Host: h.config.Name, Capacity: uint32(h.config.Capacity)}}})
	go k.send(cancel)
	defer func() {
		cancel()
		<-k.sent
	}()
	m, err := stream.Recv()
	if err != nil || m.GetWelcome() == nil {
		return false
	}
	timer.Stop()
	if !h.attached(k, m.GetWelcome().GetEpoch()) {
		return false
	}
	k.receive()
	return h.detached(k)
}

// attaching notes how to end the attempt to attach; it returns false when the
// Host is closing.
func (h *Host) attaching(abort context.CancelFunc) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.abort = abort
	return !h.closing
}

// attached makes k the attachment; it returns false when the Host is closing.
func (h *Host) attached(k *hostLink, epoch uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return false
	}
	k.epoch, k.attachedAt = epoch, time.Now()
	h.link = k
	return true
}

// detached forgets k: what waits is dropped, what runs is cancelled with the
// context of k, by the caller, and counts until it has returned.
func (h *Host) detached(k *hostLink) (healthy bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k.lost = true
	h.link = nil
	for _, a := range k.held {
		a.cancelled = true
		h.desk.drop(a)
	}
	clear(k.held)
	k.outbox = nil
	return k.healthy || time.Since(k.attachedAt) >= h.config.BackoffMax
}

// receive reads the stream until it ends. It waits for nothing but room in the
// outbox, which the Gateway makes by reading.
func (k *hostLink) receive() {
	for k.await() {
		m, err := k.stream.Recv()
		if err != nil {
			return
		}
		switch body := m.GetBody().(type) {
		case *gatewayv1.GatewayMessage_Request:
			if !k.request(body.Request) {
				return
			}
		case *gatewayv1.GatewayMessage_Cancel:
			k.cancel(body.Cancel.GetAttempt())
		default:
			return // the Gateway broke the protocol: a new attachment is a new start
		}
	}
}

// await returns true when there is room in the outbox, false when the link
// ends first.
func (k *hostLink) await() bool {
	for {
		k.host.mu.Lock()
		room := len(k.outbox) <= k.host.config.Capacity+k.host.config.Queue
		k.host.mu.Unlock()
		if room {
			return true
		}
		select {
		case <-k.room:
		case <-k.ctx.Done():
			return false
		}
	}
}

// request takes in an attempt, or refuses it. It returns false when the
// Gateway has broken the protocol.
func (k *hostLink) request(q *gatewayv1.Request) bool {
	h := k.host
	a := &attempt{link: k, request: HostRequest{Attempt: q.GetAttempt(), Payload: q.GetPayload()}}
	if ms := q.GetTimeoutMs(); ms > 0 {
		limit := time.Duration(min(ms, uint64(longest/time.Millisecond))) * time.Millisecond
		a.ctx, a.cancel = context.WithTimeout(k.ctx, limit)
	} else {
		a.ctx, a.cancel = context.WithCancel(k.ctx)
	}
	h.mu.Lock()
	_, twice := k.held[q.GetAttempt()]
	admitted := !twice && !h.closing && h.desk.room()
	var next *attempt
	if admitted {
		k.healthy = true
		k.held[q.GetAttempt()] = a
		h.desk.admit(a)
		next = h.start()
	} else if !twice {
		k.refused = true
		k.put(&gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Refuse{
			Refuse: &gatewayv1.Refuse{Attempt: q.GetAttempt()}}})
	}
	h.mu.Unlock()
	if !admitted {
		a.cancel()
	}
	if next != nil {
		go h.work(next)
	}
	return !twice
}

// longest bounds a timeout from the wire, so that no arithmetic overflows.
const longest = 24 * 365 * time.Hour

// cancel stops work on an attempt. One that waits is answered at once, one
// that runs when its handler has returned, one that was answered not again.
func (k *hostLink) cancel(number uint64) {
	h := k.host
	h.mu.Lock()
	a := k.held[number]
	if a != nil {
		a.cancelled = true
		if h.desk.drop(a) {
			k.answer(a, cancelledAnswer())
			k.ready()
		}
	}
	h.mu.Unlock()
	if a != nil {
		a.cancel()
	}
}

// answer puts the one answer to a into the outbox, unless the link was lost:
// then the Gateway expects none.
func (k *hostLink) answer(a *attempt, p *gatewayv1.Reply) {
	if k.lost {
		return
	}
	delete(k.held, a.request.Attempt)
	p.Attempt = a.request.Attempt
	k.put(&gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Reply{Reply: p}})
}

// ready says Ready, if an attempt was refused and there is room again.
func (k *hostLink) ready() {
	if k.refused && !k.host.closing && k.host.desk.room() {
		k.refused = false
		k.put(&gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Ready{Ready: &gatewayv1.Ready{}}})
	}
}

// put adds a message to the outbox; nil closes the stream after it.
func (k *hostLink) put(m *gatewayv1.HostMessage) {
	k.outbox = append(k.outbox, m)
	wake(k.wake)
}

// send writes the outbox, one message at a time.
func (k *hostLink) send(cancel context.CancelFunc) {
	defer close(k.sent)
	for {
		m, ok := k.outgoing()
		if !ok {
			select {
			case <-k.wake:
				continue
			case <-k.ctx.Done():
				return
			}
		}
		if m == nil {
			k.stream.CloseSend()
			return
		}
		if err := k.stream.Send(m); err != nil {
			cancel() // the receiver, if it is waiting for room, is to see it too
			return
		}
	}
}

// outgoing takes the next message out of the outbox.
func (k *hostLink) outgoing() (m *gatewayv1.HostMessage, ok bool) {
	h := k.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if k.lost || len(k.outbox) == 0 {
		return nil, false
	}
	m, k.outbox = k.outbox[0], k.outbox[1:]
	wake(k.room)
	if p := m.GetReply(); p != nil {
		h.trace(protocol.Event{Kind: protocol.KindReply, Epoch: k.epoch, Attempt: p.GetAttempt(), Digest: h.digest(said(p))})
	}
	return m, true
}
