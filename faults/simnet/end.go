package simnet

import (
	"context"
	"io"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// end is what the two ends of a link have in common.
type end struct {
	link    *link
	side    string // "client" or "server"
	in, out *pipe
	codec   codec
	recvMax int
	sendMax int

	ctx    context.Context
	told   bool  // the end knows that the link has ended
	err    error // what it was told
	closed bool  // the end sends no more

	sending, receiving   atomic.Bool // a call is under way
	sendGuard, recvGuard byte        // what the race detector looks at
}

// over reports whether nothing will arrive at this end any more.
func (e *end) over() bool { return e.told || e.in.ended || e.ctx.Err() != nil }

// send marshals a message and puts it on its way. It waits only while the quota
// is used up. The result is gone when the end knows that the link has ended.
func (e *end) send(m any, gone func() error) error {
	touch(&e.sendGuard)
	if !e.sending.CompareAndSwap(false, true) {
		return e.overlap(ConcurrentSend, "SendMsg")
	}
	defer e.sending.Store(false)
	payload, err := e.codec.marshal(m)
	if err != nil {
		return status.Errorf(codes.Internal, "grpc: error while marshaling: %v", err)
	}
	if len(payload) > e.sendMax {
		return status.Errorf(codes.ResourceExhausted, "trying to send message larger than max (%d vs. %d)", len(payload), e.sendMax)
	}
	n := e.link.n
	n.mu.Lock()
	defer n.mu.Unlock()
	n.advance()
	switch {
	case e.closed && e.side == "server":
		// Allowed: returning is how a handler ends a send that is blocked, and it
		// can't know of one that is about to begin.
		return gone()
	case e.closed:
		return e.late()
	}
	e.awaitQuota()
	if e.told || e.ctx.Err() != nil {
		return gone()
	}
	f := frame{kind: message, payload: payload}
	if n.sched != nil {
		f.sent = m
	}
	if e.side == "server" {
		f.header = e.link.server.takeHeader()
	}
	e.push(f)
	return nil
}

// late notes a client's send after the last one.
func (e *end) late() error {
	e.breach(SendAfterClose, "called SendMsg after CloseSend")
	return status.Error(codes.Internal, "SendMsg called after CloseSend")
}

// overlap notes a call beside another one.
func (e *end) overlap(kind BreachKind, call string) error {
	e.link.n.mu.Lock()
	defer e.link.n.mu.Unlock()
	e.breach(kind, "called "+call+" while another call of it was under way")
	return status.Error(codes.Internal, call+" called concurrently")
}

func (e *end) awaitQuota() {
	free := func() bool {
		return e.out.used < e.link.n.quota || e.link.broken || e.told || e.ctx.Err() != nil
	}
	if !free() {
		e.link.await("send "+e.out.label, free)
	}
}

// push sends a frame unless it can't arrive any more, which this end doesn't
// know.
func (e *end) push(f frame) {
	l := e.link
	lost := l.broken || l.server.told
	if e.side == "server" {
		lost = l.broken || l.client.told
	}
	if !lost {
		e.out.push(f)
		l.n.settle(l)
	}
}

// recv waits for a message and unmarshals it. Its error is the end of what
// arrives; io.EOF is the good end.
func (e *end) recv(m any) error {
	payload, err := e.take()
	switch {
	case err != nil:
		return err
	case len(payload) > e.recvMax:
		return status.Errorf(codes.ResourceExhausted, "grpc: received message larger than max (%d vs. %d)", len(payload), e.recvMax)
	}
	if err := e.codec.unmarshal(payload, m); err != nil {
		return status.Errorf(codes.Internal, "grpc: failed to unmarshal the received message: %v", err)
	}
	return nil
}

// take waits for a message and takes it from the inbox.
func (e *end) take() ([]byte, error) {
	touch(&e.recvGuard)
	if !e.receiving.CompareAndSwap(false, true) {
		return nil, e.overlap(ConcurrentRecv, "RecvMsg")
	}
	defer e.receiving.Store(false)
	l := e.link
	l.n.mu.Lock()
	defer l.n.mu.Unlock()
	l.n.advance()
	l.await("recv "+e.in.label, func() bool { return len(e.in.inbox) > 0 || e.over() })
	if len(e.in.inbox) > 0 {
		payload := e.in.read()
		l.wake() // there is quota again
		return payload, nil
	}
	switch {
	case e.in.ended:
		return nil, io.EOF
	case e.told:
		return nil, e.err
	}
	return nil, status.FromContextError(e.ctx.Err()).Err()
}

func (e *end) breach(kind BreachKind, what string) {
	e.link.n.breach(Breach{kind, e.link.id, e.side, what})
}
