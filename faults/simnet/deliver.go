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
	n.offer()
	for _, a := range n.offers {
		add(a)
	}
}

// offer collects what Enabled offers.
func (n *Network) offer() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.offers = n.offers[:0]
	if n.closed {
		return
	}
	now := time.Now()
	for _, l := range n.live {
		var room [events]event
		for _, e := range l.events(room[:0], now) {
			n.offers = append(n.offers, l.action(e))
		}
	}
	n.chances()
}

// event is something that can happen on a link.
type event struct {
	what  eventKind
	frame string // the name of the frame that arrives
}

type eventKind uint8

const (
	arriveUp eventKind = iota
	arriveDown
	reset
	breakClient
	breakServer
	events int = iota // how many kinds there are
)

// events adds those that can happen now to list, always in the same order.
func (l *link) events(list []event, now time.Time) []event {
	if l.broken {
		if !l.client.told {
			list = append(list, event{what: breakClient})
		}
		if !l.server.told {
			list = append(list, event{what: breakServer})
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
		list = append(list, event{what: reset})
	}
	return list
}

// action is the action for an event. It is made once, because an event that
// isn't chosen is offered again at each step.
func (l *link) action(e event) schedule.Action {
	a := &l.actions[e.what]
	if a.Do != nil && (e.frame == "" || e.frame == a.Name) {
		return *a
	}
	a.Do = func() { l.do(e) }
	switch e.what {
	case arriveUp, arriveDown:
		a.Name = e.frame
	case reset:
		a.Name = "reset " + l.id + " at server"
	case breakClient:
		a.Name = "break " + l.id + " at client"
	case breakServer:
		a.Name = "break " + l.id + " at server"
	}
	return *a
}

// do lets one event happen. It is called on the scheduler's root.
func (l *link) do(e event) {
	n := l.n
	n.mu.Lock()
	defer n.mu.Unlock()
	n.advance()
	var room [events]event
	for _, possible := range l.events(room[:0], time.Now()) {
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
		var room [events]event
		list := l.events(room[:0], time.Now())
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
