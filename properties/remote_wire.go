package properties

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// remoteWire sits between a Remote and the network. It sees every attempt to
// connect, every frame and every end of a stream, whether or not the
// implementation traces, and judges what can be told from them.
type remoteWire struct {
	rec     *Recorder
	world   *RemoteWorld
	load    *remoteLoad
	network Network
	// connect reaches the peer, broken counts the faults that can end a link and
	// have fired so far.
	connect func(ctx context.Context) (Conn, error)
	broken  func() int

	writing atomic.Int32 // calls of SendMsg that have not returned

	mu       sync.Mutex
	f        *findings
	attempts int
	links    int
	excused  int // losses that a fault was found for
	healed   bool
	closing  bool      // the peer was told to close
	causes   []int     // the number of records when messages could be lost for something
	forced   time.Time // when the first ctx of a Close is done
	sent     map[uint64]bool
	told     map[uint64]int // how many links there were when the outcome of a seq was dispatched
	replies  int            // frames down with replies
	shared   Conn
}

// connectKind is what becomes of an attempt to connect.
type connectKind uint8

const (
	connects     connectKind = iota
	connectFails             // at once
	connectSlow              // takes its time, and succeeds
	connectHangs             // until its ctx is done
)

var connectNames = [...]string{"succeeds", "fails", "is slow", "hangs"}

// dial is the Connect of the world.
func (w *remoteWire) dial(ctx context.Context) (Conn, error) {
	began := time.Now()
	conn, err := w.reach(ctx)
	if err != nil {
		w.failed(ctx, began, err)
		return nil, err
	}
	return &wiredConn{Conn: conn, wire: w, began: began}, nil
}

func (w *remoteWire) reach(ctx context.Context) (Conn, error) {
	w.mu.Lock()
	kind := connects
	if w.attempts < len(w.load.connects) && !w.healed {
		kind = w.load.connects[w.attempts]
	}
	w.attempts++
	if kind == connectFails {
		w.excused-- // it is its own fault
	}
	w.mu.Unlock()
	switch kind {
	case connectFails:
		schedule.Point("connect")
		return nil, status.Error(codes.Unavailable, "connection refused by the world")
	case connectSlow:
		if !hold(ctx, w.network.seconds(1)) {
			return nil, ctx.Err()
		}
	case connectHangs:
		hold(ctx, time.Hour)
		return nil, ctx.Err()
	}
	if !w.load.shared {
		return w.connect(ctx)
	}
	w.mu.Lock()
	conn := w.shared
	w.mu.Unlock()
	if conn == nil {
		var err error
		if conn, err = w.connect(ctx); err != nil {
			return nil, err
		}
		w.mu.Lock()
		w.shared = conn
		w.mu.Unlock()
	}
	return lasting{conn}, nil
}

// lasting is a connection that belongs to somebody else and stays open.
type lasting struct{ grpc.ClientConnInterface }

// Close leaves the connection open.
func (lasting) Close() error { return nil }

// heal ends the faults of the world.
func (w *remoteWire) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.healed = true
}

// peerCloses notes that the peer begins to close, which ends links.
func (w *remoteWire) peerCloses() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closing = true
}

// close closes what the Remote was only lent.
func (w *remoteWire) close() {
	w.mu.Lock()
	conn := w.shared
	w.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
}

// findings returns what the frames have shown.
func (w *remoteWire) findings() *findings {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.f
}

// dispatched notes that the outcome of seq was dispatched.
func (w *remoteWire) dispatched(seq uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told[seq] = w.links
}

// cause notes that messages may be lost from here on.
func (w *remoteWire) cause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.causes = append(w.causes, w.rec.Len())
}

// failed looks for what is to blame for an attempt that came to nothing.
func (w *remoteWire) failed(ctx context.Context, began time.Time, err error) {
	switch {
	case time.Since(began) >= w.world.ConnectTimeout:
		w.cause()
	case ctx.Err() == nil:
		w.ended(err)
	}
}

// ended looks for what is to blame for the end of a stream, or for a stream
// that did not come to be: a fault, the Close of the peer, or a bound. What the
// peer refuses because the Remote broke the protocol is no excuse.
func (w *remoteWire) ended(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch status.Code(err) {
	case codes.InvalidArgument, codes.FailedPrecondition, codes.Unimplemented:
		return
	case codes.ResourceExhausted:
		if w.world.Sessions == 0 {
			return
		}
	default:
		if !w.closing && !w.blame() {
			return
		}
	}
	w.causes = append(w.causes, w.rec.Len())
}

// blame takes a fault for a loss. Where faults are counted exactly each ends one
// link, or one attempt.
func (w *remoteWire) blame() bool {
	if w.network != Simulated {
		return w.excused < 0 || w.broken() > 0
	}
	if w.excused >= w.broken() {
		return false
	}
	w.excused++
	return true
}

func (w *remoteWire) law(name string, ok bool, observed, allowed string) {
	w.f.judge("remote/"+name, w.rec.Len(), ok, observed, allowed)
}

// up judges a frame that the Remote hands to a stream.
func (w *remoteWire) up(link int, q *remotev1.PeerRequest) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(q.Messages)
	w.law("frame", n <= w.world.FrameMessages, fmt.Sprintf("%d messages in a frame on link %d", n, link), fmt.Sprintf("at most %d", w.world.FrameMessages))
	if w.world.FrameBytes > 0 && n > 1 {
		size := proto.Size(q)
		w.law("frame", size <= w.world.FrameBytes, fmt.Sprintf("%d bytes in a frame of %d messages on link %d", size, n, link), fmt.Sprintf("at most %d, or one message", w.world.FrameBytes))
	}
	for _, m := range q.Messages {
		// On a link of before it may be on its way to a stream that is lost.
		links, told := w.told[m.GetSeq()]
		w.law("one-outcome", !told || link <= links, fmt.Sprintf("seq %d handed to link %d after its outcome was dispatched", m.GetSeq(), link), "a resolved message is never sent")
		w.law("honest-outcome", !w.sent[m.GetSeq()], fmt.Sprintf("seq %d handed to a stream a second time, to that of link %d", m.GetSeq(), link), "at most once")
		w.sent[m.GetSeq()] = true
	}
}

// down judges a frame that the peer sent, and tells whether it is to be
// repeated.
func (w *remoteWire) down(r *remotev1.PeerReply) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(r.Replies); w.world.FrameBytes > 0 && n > 1 {
		size := proto.Size(r)
		w.law("frame", size <= w.world.FrameBytes, fmt.Sprintf("%d bytes in a frame of %d replies", size, n), fmt.Sprintf("at most %d, or one reply", w.world.FrameBytes))
	}
	if len(r.Replies) == 0 {
		return false
	}
	w.replies++
	return w.replies == w.load.repeats
}

// wiredConn is the connection of one attempt.
type wiredConn struct {
	Conn
	wire  *remoteWire
	began time.Time
	used  atomic.Bool // a frame was sent
}

// Close closes the connection. One that was given up because the attempt had
// taken its time has that for a cause.
func (c *wiredConn) Close() error {
	if !c.used.Load() && time.Since(c.began) >= c.wire.world.ConnectTimeout {
		c.wire.cause()
	}
	return c.Conn.Close()
}

// NewStream implements grpc.ClientConnInterface.
func (c *wiredConn) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	s, err := c.Conn.NewStream(ctx, desc, method, opts...)
	if err != nil {
		c.wire.failed(ctx, c.began, err)
		return nil, err
	}
	c.wire.mu.Lock()
	defer c.wire.mu.Unlock()
	c.wire.links++
	return &wiredStream{ClientStream: s, conn: c, wire: c.wire, link: c.wire.links, given: ctx}, nil
}

// wiredStream is the stream of one link.
type wiredStream struct {
	grpc.ClientStream
	conn *wiredConn
	wire *remoteWire
	link int
	// given is the context that the Remote gave; once it is done, what ends is the
	// Remote's own doing.
	given context.Context

	sending atomic.Bool // a call of SendMsg is under way

	mu     sync.Mutex
	over   bool
	repeat *remotev1.PeerReply
}

// SendMsg implements grpc.ClientStream.
func (s *wiredStream) SendMsg(m any) error {
	if q, ok := m.(*remotev1.PeerRequest); ok {
		s.conn.used.Store(true)
		s.wire.up(s.link, q)
	}
	s.alone("SendMsg")
	s.sending.Store(true)
	schedule.Point("send") // a call takes its time
	defer s.sending.Store(false)
	s.wire.writing.Add(1)
	err := s.ClientStream.SendMsg(m)
	s.wire.writing.Add(-1)
	if err != nil {
		s.end(err)
	}
	return err
}

// CloseSend implements grpc.ClientStream.
func (s *wiredStream) CloseSend() error {
	s.alone("CloseSend")
	return s.ClientStream.CloseSend()
}

// alone judges that nobody is in the middle of a send.
func (s *wiredStream) alone(call string) {
	if s.sending.Load() {
		s.wire.mu.Lock()
		defer s.wire.mu.Unlock()
		s.wire.law("link", false, fmt.Sprintf("%s called on link %d while a call of SendMsg was under way", call, s.link), "one call at a time")
	}
}

// RecvMsg implements grpc.ClientStream.
func (s *wiredStream) RecvMsg(m any) error {
	r, ok := m.(*remotev1.PeerReply)
	if ok && s.again(r) {
		return nil
	}
	err := s.ClientStream.RecvMsg(m)
	switch {
	case err != nil:
		s.end(err)
	case ok && s.wire.down(r):
		s.mu.Lock()
		s.repeat = &remotev1.PeerReply{Replies: r.Replies}
		s.mu.Unlock()
	}
	return err
}

// again gives the frame that is repeated, once.
func (s *wiredStream) again(r *remotev1.PeerReply) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.repeat == nil {
		return false
	}
	proto.Merge(r, s.repeat)
	s.repeat = nil
	s.wire.cause() // whoever ends the link for that has a reason
	return true
}

// end notes, once, that the stream has ended by no doing of the Remote. Who comes
// second waits for that: the Remote may act on what it is told by either.
func (s *wiredStream) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.over && s.given.Err() == nil
	s.over = true
	if !first {
		return
	}
	if errors.Is(err, io.EOF) {
		// A send says only that it is over; the reason is the stream's.
		err = status.Error(codes.Unavailable, "stream ended")
	}
	s.wire.ended(err)
}
