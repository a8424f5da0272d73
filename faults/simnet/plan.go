package simnet

import (
	"slices"
	"time"

	"github.com/weir-dev/weir/faults"
	"github.com/weir-dev/weir/faults/schedule"
)

// planState is how far a plan has been carried out, for what isn't about one
// link.
type planState struct {
	plan   faults.Plan
	fired  []int  // how often
	done   []bool // At has passed, or a chosen refusal was chosen
	left   []int  // attempts that a Refuse still refuses
	healed bool
}

func (s *planState) init(p faults.Plan) {
	s.plan = append(faults.Plan(nil), p...)
	s.fired = make([]int, len(p))
	s.done = make([]bool, len(p))
	s.left = make([]int, len(p))
	for i, f := range p {
		if f.Kind == faults.Refuse && f.When.Moment == faults.Start {
			s.left[i] = f.Count
		}
	}
}

// idle reports that no fault can do anything any more.
func (s *planState) idle() bool { return len(s.plan) == 0 || s.healed }

// elapse reports, once, that a fault is to fire on the links because its time
// has come. A refusal needs no link.
func (s *planState) elapse(i int, since time.Duration) bool {
	f := s.plan[i]
	if f.When.Moment != faults.Elapsed || s.done[i] || since < f.When.At {
		return false
	}
	s.done[i] = true
	if f.Kind == faults.Refuse {
		s.left[i] = f.Count
		return false
	}
	return true
}

// next is the moment of the next fault that waits for the time, or none.
func (s *planState) next(start time.Time) (next time.Time) {
	for i, f := range s.plan {
		if f.When.Moment == faults.Elapsed && !s.done[i] {
			next = earliest(next, start.Add(f.When.At))
		}
	}
	return next
}

// refuse reports whether an attempt to open a link is refused.
func (s *planState) refuse(link string) bool {
	if s.idle() {
		return false
	}
	for i, f := range s.plan {
		if s.left[i] > 0 && f.Matches(link, 0) {
			s.left[i]--
			s.fired[i]++
			return true
		}
	}
	return false
}

// Fired counts how often each fault of the plan has fired, by its text: a
// Refuse once for each refused attempt, any other once for each generation of
// a link on which its trigger was met. A fault that never fired is there with
// 0. Equal faults share a count.
func (n *Network) Fired() map[string]int {
	n.mu.Lock()
	defer n.mu.Unlock()
	counts := make(map[string]int, len(n.faults.plan))
	for i, f := range n.faults.plan {
		counts[f.String()] += n.faults.fired[i]
	}
	return counts
}

// chances offers the faults that can be chosen now.
func (n *Network) chances() {
	if n.faults.idle() {
		return
	}
	for i := range n.faults.plan {
		f := &n.faults.plan[i]
		if f.When.Moment != faults.Chosen {
			continue
		}
		if f.Kind == faults.Refuse {
			if !n.faults.done[i] {
				n.offers = append(n.offers, schedule.Action{Name: plain(*f, f.Link, 0), Do: func() { n.chooseRefusal(i) }})
			}
			continue
		}
		for _, l := range n.live {
			if l.canFire(i) {
				n.offers = append(n.offers, l.chance(i))
			}
		}
	}
}

// chance is the action for the i-th fault of the plan on this link, made once.
func (l *link) chance(i int) schedule.Action {
	if l.chances == nil {
		l.chances = make([]schedule.Action, len(l.matching))
	}
	a := &l.chances[slices.Index(l.matching, i)]
	if a.Do == nil {
		*a = schedule.Action{Name: plain(l.n.faults.plan[i], l.name, l.generation), Do: func() { l.chooseFault(i) }}
	}
	return *a
}

// plain is the text of a fault on one generation, without its trigger.
func plain(f faults.Fault, link string, generation int) string {
	f.Link, f.Nth, f.When = link, generation, faults.Trigger{}
	return f.String()
}

func (n *Network) chooseRefusal(i int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.advance()
	if !n.faults.idle() && !n.faults.done[i] {
		n.faults.done[i] = true
		n.faults.left[i] = n.faults.plan[i].Count
	}
}

func (l *link) chooseFault(i int) {
	l.n.mu.Lock()
	defer l.n.mu.Unlock()
	l.n.advance()
	if !l.n.faults.idle() {
		l.fire(i)
	}
	l.n.settle(l)
}

// start fires the faults that wait for the link to open.
func (l *link) start() {
	l.fireEach(func(f faults.Fault) bool { return f.When.Moment == faults.Start })
}

// trip fires the faults whose count of messages or bytes has arrived.
func (l *link) trip() {
	l.fireEach(func(f faults.Fault) bool {
		frames, bytes := 0, 0
		for _, p := range l.pipes(f.Dir) {
			frames += p.arrived
			bytes += p.arrivedBytes
		}
		switch f.When.Moment {
		case faults.Frames:
			return frames >= f.When.N
		case faults.Bytes:
			return bytes >= f.When.N
		}
		return false
	})
}

func (l *link) fireEach(met func(faults.Fault) bool) {
	if l.n.faults.idle() {
		return
	}
	for at, i := range l.matching {
		if !l.fired[at] && met(l.n.faults.plan[i]) {
			l.fire(i)
		}
	}
}

// canFire reports whether a fault of the plan has this link to fire on.
func (l *link) canFire(i int) bool {
	if l.broken || l.client.told && l.server.told {
		return false
	}
	for at, j := range l.matching {
		if i == j {
			return !l.fired[at]
		}
	}
	return false
}

// fire lets a fault happen to this link, unless it has already.
func (l *link) fire(i int) {
	if !l.canFire(i) {
		return
	}
	for at, j := range l.matching {
		l.fired[at] = l.fired[at] || i == j
	}
	f := l.n.faults.plan[i]
	l.n.faults.fired[i]++
	switch f.Kind {
	case faults.Cut:
		l.cut()
	case faults.HalfOpen:
		if f.For > 0 {
			l.breakAt = earliest(l.breakAt, time.Now().Add(f.For))
		}
	}
	for _, p := range l.pipes(f.Dir) {
		switch f.Kind {
		case faults.HalfOpen:
			p.hole = true
		case faults.Delay:
			p.delay(f.For)
		case faults.Stall:
			p.stall(f.For)
		case faults.Latency:
			p.latency = max(p.latency, f.For)
		}
	}
}

// pipes are the directions that a fault touches.
func (l *link) pipes(d faults.Direction) []*pipe {
	switch d {
	case faults.Up:
		return []*pipe{l.up}
	case faults.Down:
		return []*pipe{l.down}
	}
	return []*pipe{l.up, l.down}
}
