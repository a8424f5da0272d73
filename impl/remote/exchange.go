package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// exchange is one link at the Peer, with its goroutines: the stream's own, which
// returns when the link ends and so unblocks the others; a reader; and from the
// hello on a writer and a runner of handlers.
type exchange struct {
	inlet  inlet // belongs to the desk
	stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]
	ctx    context.Context // of the handlers
	ended  chan struct{}   // closed when the link has ended

	reader, writer, runner signal
}

// exchange serves a link until it has ended.
func (p *Peer) exchange(stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	ctx, cancel := context.WithCancel(context.WithValue(stream.Context(), handlerKey{p}, true))
	defer cancel()
	x := &exchange{stream: stream, ctx: ctx, ended: make(chan struct{}),
		reader: newSignal(), writer: newSignal(), runner: newSignal()}
	x.inlet.shell = x
	p.mu.Lock()
	if err := p.desk.open(&x.inlet); err != nil {
		p.unlock(nil)
		return err
	}
	p.running += 2
	p.unlock(nil)
	go p.read(x)
	select {
	case <-x.ended:
	case <-stream.Context().Done():
		// The reader would not notice while it waits for room in the queue, nor after
		// the Remote has said that it sends no more.
		p.down(x, protocol.LinkLost, stream.Context().Err())
	}
	p.leave(x)
	return x.inlet.status
}

// leave notes that a goroutine of x is about to return.
func (p *Peer) leave(x *exchange) {
	p.mu.Lock()
	p.running--
	p.unlock(x)
}

// wake wakes the goroutines of x that have something to do.
func (p *Peer) wake(x *exchange) {
	k, in := p.desk, &x.inlet
	if x.reader.armed && (!in.open || k.queueRoom(in)) {
		x.reader.raise()
	}
	if x.writer.armed && (!in.open || k.sendable(in) || k.finished(in)) {
		x.writer.raise()
	}
	if x.runner.armed && (!in.open || k.beginnable(in)) {
		x.runner.raise()
	}
}

// down ends x from one of its own goroutines.
func (p *Peer) down(x *exchange, reason protocol.Reason, end error) {
	p.mu.Lock()
	p.desk.down(&x.inlet, reason, end)
	p.unlock(x)
}

// read is the reader: it reads frames until the link ends, and no further frame
// while the queue is full.
func (p *Peer) read(x *exchange) {
	defer p.leave(x)
	for first := true; ; first = false {
		q, err := x.stream.Recv()
		switch {
		case errors.Is(err, io.EOF) && first:
			p.down(x, protocol.Invalid, status.Error(codes.InvalidArgument, "stream ended before its hello"))
			return
		case errors.Is(err, io.EOF):
			p.mu.Lock()
			x.inlet.ended = true
			p.unlock(x)
			return
		case err != nil:
			p.down(x, protocol.LinkLost, err)
			return
		}
		if !p.take(x, q, first) {
			return
		}
	}
}

// take takes a frame, waiting for room in the queue message by message. It
// reports false when the link has ended.
func (p *Peer) take(x *exchange, q *remotev1.PeerRequest, first bool) bool {
	p.mu.Lock()
	defer p.unlock(x)
	k, in := p.desk, &x.inlet
	if !in.open {
		return false
	}
	err := k.checkFrame(q, first)
	if err == nil && first {
		err = k.hello(in, q.Hello)
	}
	if err != nil {
		k.reject(max(in.epoch, q.Hello.GetEpoch()))
		k.down(in, protocol.Invalid, err)
		return false
	}
	if first {
		p.running += 2
		go p.write(x)
		go p.run(x, nil)
	}
	k.ack(in, q.Ack)
	for _, m := range q.Messages {
		for !k.queueRoom(in) {
			x.reader.arm()
			p.unlock(x)
			x.reader.wait()
			p.mu.Lock()
			if !in.open {
				return false
			}
		}
		k.enqueue(in, m)
	}
	return true
}

// write is the writer: it sends what waits for the stream, and ends the link
// when nothing is left to do.
func (p *Peer) write(x *exchange) {
	defer p.leave(x)
	for {
		f := p.nextFrame(x)
		if f == nil {
			return
		}
		if err := x.stream.Send(f); err != nil {
			p.down(x, protocol.LinkLost, err)
			return
		}
	}
}

// nextFrame waits for something to send. It returns nil when the link has ended.
func (p *Peer) nextFrame(x *exchange) *remotev1.PeerReply {
	p.mu.Lock()
	defer p.unlock(x)
	k, in := p.desk, &x.inlet
	for in.open {
		switch {
		case k.sendable(in):
			return k.take(in)
		case k.finished(in) && k.closing:
			k.down(in, protocol.Closed, errPeerClosed)
		case k.finished(in):
			k.down(in, protocol.Closed, nil)
		default:
			x.writer.arm()
			p.unlock(x)
			x.writer.wait()
			p.mu.Lock()
		}
	}
	return nil
}

// run is the runner: it calls the handler for one message after another. reply
// is that of a message before, or nil.
func (p *Peer) run(x *exchange, reply *remotev1.Reply) {
	var m *remotev1.Message
	defer func() {
		if m != nil {
			// The handler has ended its goroutine, as t.FailNow does; the session and
			// the link go on without it.
			go p.run(x, failed(m.Seq, "handler ended its goroutine"))
		}
	}()
	for {
		if m = p.nextMessage(x, reply); m == nil {
			return
		}
		reply = p.call(x, m)
	}
}

// nextMessage ends the handler before, whose reply is given, and waits for a
// message that can be handled. It returns nil when the link has ended; then the
// runner has left.
func (p *Peer) nextMessage(x *exchange, reply *remotev1.Reply) *remotev1.Message {
	p.mu.Lock()
	defer p.unlock(x)
	k, in := p.desk, &x.inlet
	if reply != nil {
		p.running++
		k.end(in, reply)
	}
	for in.open {
		if !k.beginnable(in) {
			x.runner.arm()
			p.unlock(x)
			x.runner.wait()
			p.mu.Lock()
			continue
		}
		if err := x.ctx.Err(); err != nil {
			// The stream is lost and the reader has yet to say so: nothing of it is
			// begun any more.
			k.down(in, protocol.LinkLost, err)
			break
		}
		p.running--
		return k.begin(in)
	}
	p.running--
	return nil
}

// call calls the handler and turns whatever it does into a reply.
func (p *Peer) call(x *exchange, m *remotev1.Message) (reply *remotev1.Reply) {
	defer func() {
		if v := recover(); v != nil {
			reply = failed(m.Seq, fmt.Sprintf("handler panicked: %v", v))
		}
	}()
	key := x.inlet.session.key
	payload, err := p.config.Handle(x.ctx, Message{
		Remote: key.id, Incarnation: key.incarnation, Epoch: x.inlet.epoch, Seq: m.Seq, Payload: m.Payload,
	})
	switch {
	case err != nil:
		return failed(m.Seq, err.Error())
	case len(payload) > p.config.MessageBytes:
		return failed(m.Seq, fmt.Sprintf("%v: reply has %d bytes, want at most %d", protocol.ErrTooLarge, len(payload), p.config.MessageBytes))
	}
	return &remotev1.Reply{Seq: m.Seq, Payload: payload}
}

// failureBytesMax bounds the text of a failure.
const failureBytesMax = 1024

// failed is the reply to a message whose handler gave no payload.
func failed(seq uint64, text string) *remotev1.Reply {
	if len(text) > failureBytesMax {
		text = text[:failureBytesMax]
	}
	// The wire takes only valid UTF-8, and a cut may fall inside a letter.
	return &remotev1.Reply{Seq: seq, Failure: &remotev1.Failure{Message: strings.ToValidUTF8(text, "\uFFFD")}}
}
