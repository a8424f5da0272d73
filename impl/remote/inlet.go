package remote

import (
	"container/list"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// inlet is one link at the Peer. Its queues go with it: in AtMostOnce what a
// lost link has brought is not handled.
type inlet struct {
	session *session // nil until its hello was taken
	epoch   uint64
	place   *list.Element // in desk.links
	open    bool
	ended   bool      // the Remote sends no more
	status  error     // what the stream ends with, once it is not open
	shell   *exchange // its goroutines; nothing to the desk

	queue      ring[*remotev1.Message] // wait for the handler
	queueBytes int
	lastQueued uint64
	replies    ring[*remotev1.Reply] // wait for the stream
	replyBytes int
	welcome    bool   // waits for the stream
	resumeAt   uint64 // what it says was handled: as it was when the hello was taken
}

// ack applies an acknowledgement; only a higher one than before says anything.
func (k *desk) ack(x *inlet, seq uint64) {
	if seq <= x.session.acked {
		return
	}
	x.session.acked = seq
	if k.config.Tracer != nil {
		k.trace(protocol.Event{Kind: protocol.KindAck, Epoch: x.epoch, Value: int64(seq)})
	}
}

// queueRoom says whether a message may join the queue of x.
func (k *desk) queueRoom(x *inlet) bool {
	return x.queue.n < k.config.Queue && x.queueBytes < k.config.FrameBytes
}

// enqueue puts m in the queue of x. A message whose seq is not above those
// before it is a repetition: it is counted and otherwise ignored.
func (k *desk) enqueue(x *inlet, m *remotev1.Message) {
	if m.GetSeq() <= max(x.session.begun, x.lastQueued) {
		k.reject(x.epoch)
		return
	}
	x.lastQueued = m.Seq
	x.queue.push(m)
	x.queueBytes += len(m.Payload)
}

// reject counts something that is ignored.
func (k *desk) reject(epoch uint64) {
	k.rejected++
	if k.config.Tracer != nil {
		k.trace(protocol.Event{Kind: protocol.KindRejected, Epoch: epoch})
	}
}

// beginnable says whether a message of x can be handled now: no other of the
// session is, and there is room for one more reply.
func (k *desk) beginnable(x *inlet) bool {
	return x.queue.n > 0 && x.session.busy == nil && !k.closing &&
		x.replies.n < k.config.Queue && x.replyBytes < k.config.FrameBytes
}

// begin takes the oldest message of x, which must be beginnable, to be handled.
func (k *desk) begin(x *inlet) *remotev1.Message {
	m := x.queue.pop()
	x.queueBytes -= len(m.Payload)
	s := x.session
	s.busy, s.seq, s.begun = x, m.Seq, m.Seq
	k.handling++
	k.handled++
	if k.config.Tracer != nil {
		k.trace(protocol.Event{Kind: protocol.KindHandleBegin, Epoch: x.epoch, Seq: m.Seq, Digest: protocol.Digest(m.Payload)})
	}
	return m
}

// end notes that the handler of x has returned. Its reply goes to the link that
// brought the message, if that is still open.
func (k *desk) end(x *inlet, reply *remotev1.Reply) {
	s := x.session
	s.busy = nil
	k.handling--
	if k.config.Tracer != nil {
		k.trace(protocol.Event{Kind: protocol.KindHandleEnd, Epoch: x.epoch, Seq: reply.Seq, Digest: protocol.Digest(reply.Payload)})
	}
	if x.open {
		x.replies.push(reply)
		x.replyBytes += replyBytes(reply)
	}
	k.retire(s)
}

// replyBytes is what a reply counts in bytes.
func replyBytes(r *remotev1.Reply) int { return len(r.Payload) + len(r.GetFailure().GetMessage()) }

// sendable says whether a frame waits for the stream of x.
func (k *desk) sendable(x *inlet) bool { return x.welcome || x.replies.n > 0 }

// take moves what waits for the stream of x into a frame, within its bounds.
func (k *desk) take(x *inlet) *remotev1.PeerReply {
	f := &remotev1.PeerReply{}
	size := frameOverhead
	if x.welcome {
		x.welcome = false
		size += helloOverhead
		f.Welcome = &remotev1.Welcome{LastHandled: x.resumeAt, MemoryId: x.session.memory}
		if k.config.Tracer != nil {
			k.trace(protocol.Event{Kind: protocol.KindWelcome, Epoch: x.epoch, Value: int64(x.resumeAt)})
		}
	}
	if n := min(x.replies.n, k.config.FrameMessages); n > 0 {
		f.Replies = make([]*remotev1.Reply, 0, n)
	}
	for x.replies.n > 0 && len(f.Replies) < k.config.FrameMessages {
		reply := *x.replies.at(0)
		size += messageOverhead + replyBytes(reply)
		if len(f.Replies) > 0 && size > k.config.FrameBytes {
			break
		}
		x.replies.pop()
		x.replyBytes -= replyBytes(reply)
		f.Replies = append(f.Replies, reply)
		if k.config.Tracer != nil {
			k.trace(protocol.Event{Kind: protocol.KindReply, Epoch: x.epoch, Seq: reply.Seq, Digest: protocol.Digest(reply.Payload)})
		}
	}
	return f
}

// finished says that x has nothing left to do: the Remote or the Peer is closing
// and every reply was handed to the stream.
func (k *desk) finished(x *inlet) bool {
	return (k.closing || x.ended && x.queue.n == 0) && x.session.busy != x && !k.sendable(x)
}
