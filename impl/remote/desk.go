package remote

import (
	"container/list"
	"fmt"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// desk is everything a Peer knows: its sessions, their links, what waits for a
// handler and what waits for a stream. It is plain data like the book of a
// Remote: each method is one step, never blocks, starts nothing, and tells the
// tracer what it made true. The Peer steps it under its one mutex.
type desk struct {
	config PeerConfig
	silent bool // Close has returned: no event

	sessions map[sessionKey]*session
	idle     list.List // of *session without a link or a running handler, longest first
	links    list.List // of *inlet, every open stream in the order of arrival
	greeting int       // of them, those that have not said hello
	downed   []*inlet  // ended in this step, for the Peer to let go of
	closing  bool      // no link is taken and no handler begins

	handling int // handler calls that are running
	handled  uint64
	rejected uint64
}

// sessionKey names a session.
type sessionKey struct {
	id          string
	incarnation uint64
}

// session is what the Peer remembers of one run of a Remote, across links.
type session struct {
	key    sessionKey
	memory uint64 // drawn at random, names this record
	epoch  uint64 // of the newest hello
	begun  uint64 // highest seq whose handler call has begun
	acked  uint64 // highest reply that the Remote says it has received

	link *inlet        // the newest, while it is open
	busy *inlet        // the link whose message is being handled, open or not
	seq  uint64        // of that message
	idle *list.Element // in desk.idle
}

func newDesk(c PeerConfig) *desk {
	return &desk{config: c, sessions: make(map[sessionKey]*session)}
}

// trace hands an event to the tracer. Callers test k.config.Tracer first.
func (k *desk) trace(e protocol.Event) {
	if k.silent {
		return
	}
	e.Party = "peer"
	k.config.Tracer.Trace(e)
}

// open takes a stream that has said nothing yet. An error means that it is
// refused.
func (k *desk) open(x *inlet) error {
	if k.closing {
		return status.Error(codes.Unavailable, "peer is closed")
	}
	if k.greeting >= k.config.Sessions {
		return status.Errorf(codes.ResourceExhausted, "%d streams have not said hello, want at most %d", k.greeting+1, k.config.Sessions)
	}
	x.open = true
	x.place = k.links.PushBack(x)
	k.greeting++
	return nil
}

// hello takes the hello of x, which is one step: the session's older link ends,
// and what it brought and was not begun goes with it. An error means that the
// hello is refused and has changed nothing.
func (k *desk) hello(x *inlet, h *remotev1.Hello) error {
	if err := checkHello(h); err != nil {
		return err
	}
	key := sessionKey{h.RemoteId, h.Incarnation}
	s := k.sessions[key]
	switch {
	case s == nil:
		if len(k.sessions) >= k.config.Sessions && !k.forget() {
			return status.Errorf(codes.ResourceExhausted, "all of %d sessions are in use", k.config.Sessions)
		}
		s = &session{key: key, memory: k.config.Rand()}
		k.sessions[key] = s
	case h.Epoch <= s.epoch:
		return status.Errorf(codes.FailedPrecondition, "epoch of hello is %d, want above %d", h.Epoch, s.epoch)
	}
	if s.link != nil {
		k.down(s.link, protocol.Superseded, status.Errorf(codes.Aborted, "link was superseded by epoch %d", h.Epoch))
	}
	if s.idle != nil {
		k.idle.Remove(s.idle)
		s.idle = nil
	}
	s.epoch, s.link = h.Epoch, x
	s.acked = max(s.acked, h.LastReply)
	x.session, x.epoch, x.welcome, x.resumeAt = s, h.Epoch, true, s.begun
	k.greeting--
	if k.config.Tracer != nil {
		k.trace(protocol.Event{Kind: protocol.KindHello, Epoch: h.Epoch, Value: int64(h.LastReply)})
	}
	return nil
}

// checkHello says what is wrong with a hello by itself.
func checkHello(h *remotev1.Hello) error {
	if h == nil {
		return status.Error(codes.InvalidArgument, "first frame of a link carries no hello")
	}
	if err := checkID(h.RemoteId); err != nil {
		return status.Errorf(codes.InvalidArgument, "hello: remote id %v", err)
	}
	if h.Epoch == 0 {
		return status.Error(codes.InvalidArgument, "hello: epoch is 0, want 1 or above")
	}
	switch h.Delivery {
	case remotev1.Delivery_DELIVERY_AT_MOST_ONCE:
		return nil
	case remotev1.Delivery_DELIVERY_RESUME:
		return status.Error(codes.Unimplemented, "hello: delivery is resume, want at-most-once: this peer supports no other")
	}
	return status.Errorf(codes.InvalidArgument, "hello: delivery is %d, want at-most-once", h.Delivery)
}

// forget makes room for a session by forgetting the one that has been idle for
// longest. It reports false when none is.
func (k *desk) forget() bool {
	e := k.idle.Front()
	if e == nil {
		return false
	}
	s := k.idle.Remove(e).(*session)
	delete(k.sessions, s.key)
	return true
}

// checkFrame says what is wrong with a frame after its hello was looked at.
func (k *desk) checkFrame(q *remotev1.PeerRequest, first bool) error {
	if !first && q.Hello != nil {
		return status.Error(codes.InvalidArgument, "hello in a frame that is not the first of its link")
	}
	if n := int64(len(q.Messages)); n > protocol.FrameMessages.Max {
		return status.Errorf(codes.InvalidArgument, "frame has %d messages, want at most %d", n, protocol.FrameMessages.Max)
	}
	for _, m := range q.Messages {
		if n := len(m.GetPayload()); n > k.config.MessageBytes {
			return status.Errorf(codes.InvalidArgument, "message of seq %d has %d bytes, want at most %d", m.GetSeq(), n, k.config.MessageBytes)
		}
	}
	return nil
}

// retire puts s among the idle sessions if nothing of it is left.
func (k *desk) retire(s *session) {
	if s.link == nil && s.busy == nil && s.idle == nil {
		s.idle = k.idle.PushBack(s)
	}
}

// down ends x, if it is open, with the status that its stream is to end with.
func (k *desk) down(x *inlet, reason protocol.Reason, end error) {
	if !x.open {
		return
	}
	x.open, x.status = false, end
	k.downed = append(k.downed, x)
	k.links.Remove(x.place)
	x.queue.drop()
	x.replies.drop()
	x.queueBytes, x.replyBytes, x.welcome = 0, 0, false
	s := x.session
	if s == nil {
		k.greeting--
		return
	}
	if k.config.Tracer != nil {
		k.trace(protocol.Event{Kind: protocol.KindLinkDown, Epoch: x.epoch, Reason: reason})
	}
	if s.link == x {
		s.link = nil
		k.retire(s)
	}
}

// stuck names the handlers that are running, sorted.
func (k *desk) stuck() []string {
	var names []string
	for _, s := range k.sessions {
		if s.busy != nil {
			names = append(names, fmt.Sprintf("remote %q seq %d", s.key.id, s.seq))
		}
	}
	slices.Sort(names)
	return names
}

// snapshot returns the statistics.
func (k *desk) snapshot() protocol.PeerStats {
	return protocol.PeerStats{
		Sessions: len(k.sessions), Links: k.links.Len() - k.greeting,
		Handling: k.handling, Handled: k.handled, Rejected: k.rejected,
	}
}
