package remote

import (
	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// runMessenger is the messenger: the one goroutine that makes links, sends on
// them and lets go of them. It does what the book says is next.
func (r *Remote) runMessenger() {
	defer close(r.messengerDone)
	var l *link
	var taken []entry
	for {
		r.mu.Lock()
		switch r.book.next() {
		case stepRest:
			r.messenger.arm()
			r.unlock()
			r.messenger.wait()
		case stepDial:
			epoch, ok := r.book.dial()
			r.unlock()
			if ok {
				l = r.connect(epoch)
			}
		case stepSend:
			f := r.book.take(taken[:0])
			r.unlock()
			if err := l.stream.Send(r.encode(f)); err != nil {
				r.lose(l, protocol.LinkLost)
			}
			clear(f.messages) // the payloads are not this goroutine's to keep
			taken = f.messages
		case stepRelease:
			r.book.release()
			r.unlock()
			l.end()
			l = nil
		case stepStop:
			r.unlock()
			return
		}
	}
}

// encode turns a frame into its wire form. What it returns is new and is not
// touched after Send.
func (r *Remote) encode(f frame) *remotev1.PeerRequest {
	q := &remotev1.PeerRequest{Ack: f.ack}
	if f.hello {
		q.Hello = &remotev1.Hello{
			RemoteId:    r.cfg.ID,
			Incarnation: r.cfg.Incarnation,
			Epoch:       f.epoch,
			LastReply:   f.ack,
			Delivery:    remotev1.Delivery_DELIVERY_AT_MOST_ONCE,
		}
	}
	messages := make([]remotev1.Message, len(f.messages))
	q.Messages = make([]*remotev1.Message, len(f.messages))
	for i, e := range f.messages {
		m := &messages[i]
		m.Seq, m.Payload = e.seq, e.payload
		q.Messages[i] = m
	}
	return q
}
