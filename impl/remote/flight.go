package remote

import (
	"errors"
	"fmt"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// What a frame costs on the wire besides payloads, rounded up: tags, lengths
// and numbers are at most ten bytes each.
const (
	frameOverhead   = 32
	helloOverhead   = 64 // and the name
	messageOverhead = 32
)

// step is what the messenger is to do next.
type step uint8

const (
	stepRest    step = iota // nothing until the signal
	stepDial                // make an attempt to connect
	stepSend                // take a frame and send it
	stepRelease             // let go of the link that is not used any more
	stepStop                // return
)

// next says what the messenger is to do, and is how the wake-up decides whether
// to wake it.
func (b *book) next() step {
	switch b.link.phase {
	case phaseLost:
		return stepRelease
	case phaseUp:
		switch {
		case b.drained():
			return stepRelease
		case b.sendable():
			return stepSend
		}
	case phaseNone:
		switch {
		case b.drained():
			return stepStop
		case b.buffer.n > 0:
			return stepDial
		}
	}
	return stepRest
}

// sendable says that a message is in the buffer and a slot is free for it.
func (b *book) sendable() bool { return b.buffer.n > 0 && b.link.slots < b.bounds.window }

// dial begins an attempt to connect, for the message at the front of the buffer,
// and returns its epoch. While a backoff runs there is no attempt: what is in the
// buffer ends NotSent, and dial reports false.
func (b *book) dial() (epoch uint64, ok bool) {
	if b.now().Before(b.backoff.until) {
		for b.buffer.n > 0 {
			b.refuse(protocol.Offline)
		}
		b.admit()
		return 0, false
	}
	b.link = linkState{phase: phaseConnecting, epoch: b.link.epoch + 1}
	b.stats.Connects++
	if b.tracer != nil {
		b.trace(protocol.Event{Kind: protocol.KindConnect, Epoch: b.link.epoch})
	}
	return b.link.epoch, true
}

// connected notes that the stream of the attempt exists. Where Close has stopped
// waiting in the meantime, the link is drained and will be released next.
func (b *book) connected() {
	b.link.phase, b.link.up = phaseUp, b.now()
	b.stats.Links++
	if b.tracer != nil {
		b.trace(protocol.Event{Kind: protocol.KindLinkUp, Epoch: b.link.epoch})
	}
}

// failed notes that the attempt to connect failed. The message that asked for it
// ends NotSent; those behind it will find the backoff running.
func (b *book) failed() {
	b.link.phase = phaseNone
	if b.forced {
		b.down(protocol.Closed)
		return
	}
	b.down(protocol.Offline)
	b.refuse(protocol.Offline)
	b.admit()
}

// down tells the end of a link or of an attempt, and draws the delay before the
// next. The delay is counted from after it was told, so that whoever hears of both
// measures no less.
func (b *book) down(reason protocol.Reason) {
	var delay int64
	if reason != protocol.Closed {
		drawn := b.backoff.draw(b.chance())
		defer func() { b.backoff.until = b.now().Add(drawn) }()
		delay = int64(drawn)
	}
	if b.tracer != nil {
		b.trace(protocol.Event{Kind: protocol.KindLinkDown, Epoch: b.link.epoch, Reason: reason, Value: delay})
	}
}

// lose ends the link of epoch, if it is still in use: what is in flight ends
// Unknown and every slot is free. Whoever notices first tells the reason.
func (b *book) lose(epoch uint64, reason protocol.Reason) {
	if !b.uses(epoch) {
		return
	}
	if b.link.replied || b.now().Sub(b.link.up) >= b.backoff.max {
		b.backoff.reset()
	}
	b.link.phase, b.link.slots = phaseLost, 0
	b.down(reason)
	why := protocol.LinkLost
	if reason == protocol.Closed {
		why = protocol.Closed
	}
	for b.flight.n > 0 {
		e := b.flight.pop()
		b.resolve(epoch, protocol.Result{Seq: e.seq, Message: e.payload, Outcome: protocol.Unknown, Reason: why}, 0)
	}
}

// uses says whether the link of epoch is the one in use.
func (b *book) uses(epoch uint64) bool { return b.link.phase == phaseUp && b.link.epoch == epoch }

// release forgets a link that is not used any more. One that is drained ends
// here.
func (b *book) release() {
	b.lose(b.link.epoch, protocol.Closed)
	b.link.phase = phaseNone
}

// frame is one frame to send.
type frame struct {
	hello    bool // the first of its link
	epoch    uint64
	ack      uint64 // highest reply received
	messages []entry
}

// take moves messages from the buffer into flight, as many as the window and the
// bounds of a frame allow, and appends them to into. There is at least one.
func (b *book) take(into []entry) frame {
	l := &b.link
	l.frames++
	f := frame{hello: l.frames == 1, epoch: l.epoch, ack: b.session.lastReply, messages: into}
	size := frameOverhead
	if f.hello {
		size += b.bounds.helloBytes
		if b.tracer != nil {
			b.trace(protocol.Event{Kind: protocol.KindHello, Epoch: l.epoch, Value: int64(f.ack)})
		}
	}
	if f.ack != b.session.lastAck {
		b.session.lastAck = f.ack
		if b.tracer != nil {
			b.trace(protocol.Event{Kind: protocol.KindAck, Epoch: l.epoch, Value: int64(f.ack)})
		}
	}
	for b.sendable() && len(f.messages) < b.bounds.frameMessages {
		bytes := len(b.buffer.at(0).payload)
		size += messageOverhead + bytes
		if len(f.messages) > 0 && size > b.bounds.frameBytes {
			break
		}
		e := b.buffer.pop()
		f.messages = append(f.messages, e)
		b.flight.push(e)
		l.slots++
		b.session.lastSent = e.seq
		b.stats.BytesSent += uint64(bytes)
		if b.tracer != nil {
			b.trace(protocol.Event{Kind: protocol.KindSend, Epoch: l.epoch, Seq: e.seq, Value: int64(l.frames)})
		}
		// The message of a caller that waits may still go into this frame.
		b.admit()
	}
	b.stats.FramesSent++
	return f
}

var (
	// errUnused: the link is not in use any more, whatever it brings.
	errUnused = errors.New("link is not in use")
	// errInvalid: the peer broke the protocol.
	errInvalid = errors.New("peer broke the protocol")
)

// receive applies a frame that was read from the link of epoch. An error means
// that nothing more is to be read from it.
func (b *book) receive(epoch uint64, f *remotev1.PeerReply) error {
	if !b.uses(epoch) {
		return errUnused
	}
	b.stats.FramesReceived++
	if (f.Welcome != nil) == b.link.welcomed {
		return fmt.Errorf("%w: welcome not in the first frame, or not only there", errInvalid)
	}
	if f.Welcome != nil {
		b.link.welcomed = true
		if b.tracer != nil {
			b.trace(protocol.Event{Kind: protocol.KindWelcome, Epoch: epoch, Value: int64(f.Welcome.LastHandled)})
		}
	}
	for _, reply := range f.Replies {
		if err := b.reply(epoch, reply); err != nil {
			return err
		}
	}
	return nil
}

// reply applies one reply. A peer replies in the order of seq, so that the one
// message it can be for is the oldest in flight; a reply that skips one can't be
// matched honestly, and ends the link.
func (b *book) reply(epoch uint64, reply *remotev1.Reply) error {
	b.stats.BytesReceived += uint64(len(reply.GetPayload()))
	var digest uint64
	if b.tracer != nil {
		digest = protocol.Digest(reply.GetPayload())
		b.trace(protocol.Event{Kind: protocol.KindReceive, Epoch: epoch, Seq: reply.GetSeq(), Digest: digest})
	}
	seq := reply.GetSeq()
	switch {
	case seq == 0 || seq > b.session.lastSent:
		return fmt.Errorf("%w: reply to seq %d, which was not sent", errInvalid, seq)
	case b.flight.n == 0 || seq < b.flight.at(0).seq:
		b.stats.Late++
		if b.tracer != nil {
			b.trace(protocol.Event{Kind: protocol.KindLate, Epoch: epoch, Seq: seq, Digest: digest})
		}
		return nil
	case seq > b.flight.at(0).seq:
		return fmt.Errorf("%w: reply to seq %d, want seq %d first", errInvalid, seq, b.flight.at(0).seq)
	}
	e := b.flight.pop()
	b.link.replied = true
	b.session.lastReply = seq
	r := protocol.Result{Seq: seq, Message: e.payload, Outcome: protocol.Replied}
	if reply.Failure != nil {
		r.Err = &protocol.HandlerError{Message: reply.Failure.GetMessage()}
	} else if r.Reply = reply.Payload; r.Reply == nil {
		r.Reply = []byte{}
	}
	b.resolve(epoch, r, digest)
	return nil
}
