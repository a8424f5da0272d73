package gateway

import (
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

const (
	// hostBytes is the longest name of a host.
	hostBytes = 255
	// rejectedMax is how many messages of one link are rejected before it is
	// closed: a slip is forgiven, a flood is not.
	rejectedMax = 100
)

// take deals with one message of a host. It returns false when the link is to
// end. Everything that a host says passes through here, and changes nothing
// but what stands under its own attachment.
func (g *Gateway) take(k *link, m *gatewayv1.HostMessage) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch body := m.GetBody().(type) {
	case *gatewayv1.HostMessage_Reply:
		g.reply(k, body.Reply)
	case *gatewayv1.HostMessage_Refuse:
		g.refuse(k, body.Refuse.GetAttempt())
	case *gatewayv1.HostMessage_Ready:
		g.ledger.Ready(k.host)
	case *gatewayv1.HostMessage_Drain:
		g.drain(k)
	case *gatewayv1.HostMessage_Capacity:
		if !k.stopped {
			g.ledger.Declare(k.host, capacity(body.Capacity.GetCapacity()))
		}
	case *gatewayv1.HostMessage_Hello:
		g.breach(k, 0, status.Errorf(codes.InvalidArgument, "hello was said twice"))
	default:
		g.breach(k, 0, status.Errorf(codes.InvalidArgument, "message has no body"))
	}
	g.dispatch()
	return !k.stopped
}

// hello deals with the first message of a host: it begins the attachment, and
// starts the sender. It returns false when the link is to end.
func (g *Gateway) hello(k *link, m *gatewayv1.HostMessage) bool {
	g.mu.Lock()
	ok := !k.stopped && !g.closed && g.attach(k, m.GetHello())
	if ok {
		g.wg.Add(1)
		g.dispatch()
	}
	g.mu.Unlock()
	if ok {
		go g.send(k)
	}
	return ok
}

// attach begins the attachment of k. An older one of the same host ends in the
// same step.
func (g *Gateway) attach(k *link, h *gatewayv1.Hello) bool {
	if h == nil {
		return g.breach(k, 0, status.Error(codes.InvalidArgument, "first message is not a hello"))
	}
	if n := len(h.GetHost()); n == 0 || n > hostBytes {
		return g.breach(k, 0, status.Errorf(codes.InvalidArgument, "host has a name of %d bytes, want 1 to %d", n, hostBytes))
	}
	older := g.ledger.Attached(h.GetHost())
	a, held, err := g.ledger.Attach(h.GetHost(), capacity(h.GetCapacity()))
	if err != nil {
		return g.breach(k, 0, status.Error(codes.ResourceExhausted, err.Error()))
	}
	if older != nil {
		g.stop(g.links[older.epoch], status.Errorf(codes.Aborted, "superseded by attachment %d", a.epoch))
		g.orphan(held)
	}
	g.greeting--
	k.host = a
	g.links[a.epoch] = k
	return true
}

// capacity bounds what a host declares, so that no arithmetic overflows.
func capacity(declared uint32) int {
	return int(min(int64(declared), protocol.HostLimit.Max))
}

// reply credits an answer to the live reservation of its attempt, and to
// nothing else.
func (g *Gateway) reply(k *link, p *gatewayv1.Reply) {
	if n := len(p.GetPayload()) + len(p.GetFailure().GetMessage()); n > g.config.MessageBytes {
		g.breach(k, p.GetAttempt(), status.Errorf(codes.InvalidArgument,
			"answer to attempt %d has %d bytes, want at most %d", p.GetAttempt(), n, g.config.MessageBytes))
		return
	}
	res, standing := g.ledger.Find(k.host, p.GetAttempt())
	switch standing {
	case Stranger:
		g.reject(k, p.GetAttempt())
		return
	case Held:
		g.credit(k, res, p)
	case Abandoned, Lost:
		g.late++
		g.trace(g.answer(protocol.KindLate, k, res, p))
		g.ledger.Acknowledge(k.host, res.Attempt)
	}
	g.ledger.Ready(k.host) // it has finished an attempt
}

// credit ends the request of res with the host's answer.
func (g *Gateway) credit(k *link, res *Reservation, p *gatewayv1.Reply) {
	r := g.open[res.Request]
	g.trace(g.answer(protocol.KindReply, k, res, p))
	if p.GetFailure() == nil {
		g.release(r, protocol.ByReply)
		g.succeed(r, p.GetPayload())
		return
	}
	g.release(r, protocol.ByErrorReply)
	g.fail(r, protocol.ByErrorReply, &protocol.HandlerError{Party: res.Host, Message: p.GetFailure().GetMessage()})
}

// answer is an event about an answer that was read from k.
func (g *Gateway) answer(kind protocol.Kind, k *link, res *Reservation, p *gatewayv1.Reply) protocol.Event {
	return protocol.Event{Kind: kind, Seq: res.Request, Attempt: res.Attempt,
		Host: k.host.host, Epoch: k.host.epoch, Digest: g.digest(said(p))}
}

// said is what an answer says: its payload, or the text of its failure. Digests
// of answers are taken from it at both ends.
func said(p *gatewayv1.Reply) []byte {
	if p.GetFailure() != nil {
		return []byte(p.GetFailure().GetMessage())
	}
	return p.GetPayload()
}

// refuse takes back an attempt that the host did not begin. For one that was
// given up before, it is the answer.
func (g *Gateway) refuse(k *link, attempt uint64) {
	res, standing := g.ledger.Find(k.host, attempt)
	if standing == Stranger {
		g.reject(k, attempt)
		return
	}
	g.refusals++
	g.ledger.Refuse(k.host, attempt)
	k.refusedAt = time.Now()
	wake(k.refused)
	if standing != Held {
		g.ledger.Acknowledge(k.host, attempt)
		return
	}
	r := g.open[res.Request]
	g.release(r, protocol.Refused)
	r.exposed--
	g.again(r, protocol.Refused, fmt.Errorf("%w: the last was host %q", protocol.ErrRefused, res.Host))
}

// drain notes that the host is leaving: what was not written goes back.
func (g *Gateway) drain(k *link) {
	for _, res := range g.ledger.Drain(k.host) {
		r := g.open[res.Request]
		g.unhand(r)
		g.requeue(r)
	}
}

// reject counts a message about something that the host does not hold, which
// changes nothing else.
func (g *Gateway) reject(k *link, attempt uint64) {
	g.rejected++
	k.rejected++
	e := protocol.Event{Kind: protocol.KindRejected, Attempt: attempt}
	if k.host != nil {
		e.Host, e.Epoch = k.host.host, k.host.epoch
	}
	g.trace(e)
	if k.rejected == rejectedMax {
		g.leave(k, status.Errorf(codes.InvalidArgument, "%d messages were rejected", rejectedMax))
	}
}

// breach rejects a message and ends the link with that status. It returns
// false.
func (g *Gateway) breach(k *link, attempt uint64, end error) bool {
	g.reject(k, attempt)
	g.leave(k, end)
	return false
}
