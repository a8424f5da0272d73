package plain

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"

	"github.com/weir-dev/weir/protocol/remotev1"
)

// link is one generation of a Remote's stream.
type link struct {
	conn     Conn
	stream   grpc.BidiStreamingClient[remotev1.PeerRequest, remotev1.PeerReply]
	cancel   context.CancelFunc
	since    time.Time
	welcomed bool
}

// connect makes the next link, or draws the delay until another attempt.
func (r *Remote) connect() bool {
	r.epoch++
	ctx, cancel := context.WithCancel(r.ctx)
	timer := time.AfterFunc(r.ConnectTimeout, cancel)
	conn, err := r.Connect(ctx)
	if err == nil {
		l := &link{conn: conn, cancel: cancel, since: time.Now()}
		l.stream, err = remotev1.NewPeerClient(conn).Exchange(ctx)
		if err == nil && timer.Stop() {
			r.link = l
			return true
		}
		conn.Close()
	}
	timer.Stop()
	cancel()
	r.backOff()
	return false
}

// backOff draws the delay after a failure.
func (r *Remote) backOff() {
	r.earliest = time.Now().Add(time.Duration(r.Rand() % uint64(r.delay+1)))
	r.delay = min(2*r.delay, r.BackoffMax)
}

// drop ends the link, if there is one.
func (r *Remote) drop() {
	if r.link != nil {
		r.link.cancel()
		r.link.conn.Close()
		r.link = nil
	}
}

var errProtocol = errors.New("peer broke the protocol")

// exchange sends a frame of one message and waits for its reply. Nothing else
// is in flight, so that no other reply is due.
func (l *link) exchange(frame *remotev1.PeerRequest, seq uint64) (*remotev1.Reply, error) {
	if err := l.stream.Send(frame); err != nil {
		return nil, err
	}
	for {
		f, err := l.stream.Recv()
		if err != nil {
			return nil, err
		}
		if l.welcomed == (f.GetWelcome() != nil) {
			return nil, errProtocol
		}
		l.welcomed = true
		switch replies := f.GetReplies(); {
		case len(replies) == 1 && replies[0].GetSeq() == seq:
			return replies[0], nil
		case len(replies) > 0:
			return nil, errProtocol
		}
	}
}
