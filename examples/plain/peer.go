package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol/remotev1"
)

// sessionsMax bounds the table of sessions, payloadMax a payload.
const (
	sessionsMax = 64
	payloadMax  = 1 << 20
)

// Peer answers messages, one at a time in each session.
type Peer struct {
	remotev1.UnimplementedPeerServer
	handle func(ctx context.Context, payload []byte) ([]byte, error)
	rand   func() uint64

	mu       sync.Mutex
	sessions map[string]*session
	links    sync.WaitGroup
	closed   bool

	ctx  context.Context // ends when Close ends the links
	stop context.CancelFunc
}

// session is what outlives links.
type session struct {
	memory uint64
	// turn is held by the handler call that runs.
	turn chan struct{}
	// epoch is the newest, end ends its link, begun is the highest seq handled.
	epoch uint64
	end   context.CancelFunc
	begun uint64
}

// NewPeer returns a Peer with no sessions.
func NewPeer(handle func(ctx context.Context, payload []byte) ([]byte, error), rand func() uint64) *Peer {
	p := &Peer{handle: handle, rand: rand, sessions: make(map[string]*session)}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p
}

// Exchange serves one link: it takes a frame, handles it, replies, and takes
// the next. Another goroutine reads one frame ahead, so that the end of the link
// is noticed at any time.
func (p *Peer) Exchange(stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	if err := p.open(); err != nil {
		return err
	}
	defer p.links.Done()
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	frames := make(chan *remotev1.PeerRequest)
	go read(ctx, cancel, stream, frames)
	var s *session
	var epoch uint64
	for frame := range until(ctx, frames) {
		if s == nil {
			taken, welcome, err := p.hello(frame.GetHello(), cancel)
			if err == nil {
				err = stream.Send(&remotev1.PeerReply{Welcome: welcome})
			}
			if err != nil {
				return err
			}
			s, epoch = taken, frame.GetHello().GetEpoch()
		} else if frame.GetHello() != nil {
			return status.Error(codes.InvalidArgument, "a second hello")
		}
		for _, m := range frame.GetMessages() {
			reply, err := p.answer(ctx, s, epoch, m)
			if err == nil && reply != nil {
				err = stream.Send(&remotev1.PeerReply{Replies: []*remotev1.Reply{reply}})
			}
			if err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return status.Error(codes.Aborted, "the link was ended")
	}
	return nil
}

// open counts a link, unless the Peer is closed.
func (p *Peer) open() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return status.Error(codes.Unavailable, "peer is closed")
	}
	p.links.Add(1)
	return nil
}

// read passes frames on until the link is lost, which ends ctx, or the Remote
// has no more to say, which ends the frames.
func read(ctx context.Context, lost context.CancelFunc, stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply], frames chan<- *remotev1.PeerRequest) {
	for {
		frame, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			close(frames)
			return
		case err != nil:
			lost()
			return
		}
		select {
		case frames <- frame:
		case <-ctx.Done():
			return
		}
	}
}

// until yields frames until there are no more or ctx is done.
func until(ctx context.Context, frames <-chan *remotev1.PeerRequest) iter.Seq[*remotev1.PeerRequest] {
	return func(yield func(*remotev1.PeerRequest) bool) {
		for {
			select {
			case frame, ok := <-frames:
				if !ok || !yield(frame) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// hello takes a hello in one step: the older link of the session ends.
func (p *Peer) hello(h *remotev1.Hello, end context.CancelFunc) (*session, *remotev1.Welcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := fmt.Sprintf("%q %d", h.GetRemoteId(), h.GetIncarnation())
	s := p.sessions[id]
	switch {
	case h.GetRemoteId() == "" || len(h.GetRemoteId()) > 256 || h.GetEpoch() == 0 || h.GetDelivery() == remotev1.Delivery_DELIVERY_UNSPECIFIED:
		return nil, nil, status.Error(codes.InvalidArgument, "no hello, or one without an id, an epoch or a delivery")
	case h.GetDelivery() != remotev1.Delivery_DELIVERY_AT_MOST_ONCE:
		return nil, nil, status.Error(codes.Unimplemented, "want delivery at most once")
	case s != nil && h.GetEpoch() <= s.epoch:
		return nil, nil, status.Errorf(codes.FailedPrecondition, "epoch %d is not above %d", h.GetEpoch(), s.epoch)
	case s == nil && len(p.sessions) == sessionsMax:
		return nil, nil, status.Errorf(codes.ResourceExhausted, "%d sessions", sessionsMax)
	}
	if s == nil {
		s = &session{memory: p.rand(), turn: make(chan struct{}, 1)}
		p.sessions[id] = s
	} else {
		s.end()
	}
	s.epoch, s.end = h.GetEpoch(), end
	return s, &remotev1.Welcome{MemoryId: s.memory, LastHandled: s.begun}, nil
}

// answer handles a message once the call before it has returned; it returns nil
// for a duplicate, and an error when the link has ended meanwhile.
func (p *Peer) answer(ctx context.Context, s *session, epoch uint64, m *remotev1.Message) (*remotev1.Reply, error) {
	if len(m.GetPayload()) > payloadMax {
		return nil, status.Errorf(codes.InvalidArgument, "message %d has %d bytes, want at most %d", m.GetSeq(), len(m.GetPayload()), payloadMax)
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	newest, again := s.epoch == epoch && ctx.Err() == nil, m.GetSeq() <= s.begun
	if newest && !again {
		s.begun = m.GetSeq()
	}
	p.mu.Unlock()
	switch {
	case !newest:
		return nil, status.Error(codes.Aborted, "a newer link has taken over")
	case again:
		return nil, nil
	}
	reply := p.call(ctx, m)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return reply, ctx.Err()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// call calls the handler; what it says in anger is an answer, too.
func (p *Peer) call(ctx context.Context, m *remotev1.Message) (reply *remotev1.Reply) {
	reply = &remotev1.Reply{Seq: m.GetSeq()}
	fail := func(why any) {
		reply.Payload, reply.Failure = nil, &remotev1.Failure{Message: fmt.Sprintf("%.1024s", fmt.Sprint(why))}
	}
	defer func() {
		if e := recover(); e != nil {
			fail(e)
		}
	}()
	payload, err := p.handle(ctx, m.GetPayload())
	switch {
	case err != nil:
		fail(err)
	case len(payload) > payloadMax:
		fail(fmt.Sprintf("reply has %d bytes, want at most %d", len(payload), payloadMax))
	default:
		reply.Payload = payload
	}
	return reply
}

// Close refuses new links, lets handlers end until ctx is done, cancels them
// and ends the links. The error says that a handler ignores its context.
func (p *Peer) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	sessions := slices.Collect(maps.Values(p.sessions))
	p.mu.Unlock()
	for _, s := range sessions {
		select {
		case s.turn <- struct{}{}: // and it is never given back
		case <-ctx.Done():
		case <-p.ctx.Done():
		}
	}
	p.stop()
	ended := make(chan struct{})
	go func() {
		p.links.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("peer: a handler ignores its context: %w", ctx.Err())
	}
}
