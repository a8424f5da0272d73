package simnet

import (
	"time"

	"github.com/weir-dev/weir/faults"
	"github.com/weir-dev/weir/faults/schedule"
)

var _ schedule.Source = (*Network)(nil)

// Enabled implements schedule.Source. It offers what can arrive on each link,
// in the order the links were opened, and after that the faults that wait to
// be chosen, in the order of the plan. Names are those of the doc's words:
// "accept remote->peer#1", "deliver remote->peer#1 up 3", "header
// remote->peer#1 down", "close remote->peer#1 up" (half-close), "close
// remote->peer#1 down" (trailer), "reset remote->peer#1 at server", "break
// remote->peer#1 at client", "cut remote->peer#1".
func (n *Network) Enabled(add func(schedule.Action)) {
	for _, a := range n.offers() {
		add(a)
	}
}

func (n *Network) offers() []schedule.Action {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil
	}
	var offers []schedule.Action
	now := time.Now()
	for _, l := range n.live {
		for _, e := range l.events(now) {
			offers = append(offers, schedule.Action{Name: e.name, Do: func() { l.do(e) }})
		}
	}
	return append(offers, n.chances()...)
}

// event is something that can happen on a link.
type event struct {
	what eventKind
	name string
}

type eventKind uint8

const (
	arriveUp eventKind = iota
	arriveDown
	reset
	breakClient
	breakServer
)

// events are those that can happen now, always in the same order.
func (l *link) events(now time.Time) []event {
	var list []event
	if l.broken {
		if !l.client.told {
			list = append(list, event{breakClient, "break " + l.id + " at client"})
		}
		if !l.server.told {
			list = append(list, event{breakServer, "break " + l.id + " at server"})
		}
		return list
	}
	if l.up.ready(now) {
		list = append(list, event{arriveUp, l.up.queue[0].name})
	}
	if l.down.ready(now) {
		list = append(list, event{arriveDown, l.down.queue[0].name})
	}
	if l.resets && !l.up.hole {
		list = append(list, event{reset, "reset " + l.id + " at server"})
	}
	return list
}

// do lets one event happen. It is called on the scheduler's root.
func (l *link) do(e event) {
	n := l.n
	n.mu.Lock()
	defer n.mu.Unlock()
	n.advance()
	for _, possible := range l.events(time.Now()) {
		if possible == e {
			l.happen(e)
			break
		}
	}
	n.settle(l)
}

func (l *link) happen(e event) {
	switch e.what {
	case arriveUp:
		l.arrive(l.up)
	case arriveDown:
		l.arrive(l.down)
	case reset, breakServer:
		l.tellServer()
	case breakClient:
		l.tellClient(errLost(l))
	}
}

// pump lets everything happen that can.
func (l *link) pump() {
	for {
		list := l.events(time.Now())
		if len(list) == 0 {
			return
		}
		l.happen(list[0])
	}
}

// arrive takes the first frame of a pipe to its other end.
func (l *link) arrive(p *pipe) {
	f := p.pop()
	if f.header != nil && !l.client.headed {
		l.client.receiveHeader(f.header)
	}
	switch f.kind {
	case opening:
		l.accept()
	case message:
		l.inspect(p, f)
		p.inbox = append(p.inbox, f.payload)
		p.arrived++
		p.arrivedBytes += len(f.payload)
		l.trip()
	case halfClose:
		p.ended = true
	case trailer:
		l.client.trailer = f.trailer
		l.tellClient(orEOF(f.err))
	}
	l.wake()
}

// inspect looks whether the sender has changed the message since. Only the
// root may look, while everybody else is blocked.
func (l *link) inspect(p *pipe, f frame) {
	if l.n.sched == nil || !l.client.codec.touched(f.sent, f.payload) {
		return
	}
	side := "client"
	if p.dir == faults.Down {
		side = "server"
	}
	l.n.breach(Breach{MessageTouched, l.id, side, "changed a message after SendMsg and before \"" + f.name + "\""})
}

// next is the future moment at which time alone changes something, or none.
func (l *link) next() time.Time {
	if l.broken {
		return time.Time{}
	}
	now := time.Now()
	return earliest(l.breakAt, earliest(l.up.next(now), l.down.next(now)))
}
