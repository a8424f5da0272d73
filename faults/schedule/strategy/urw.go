package strategy

import (
	"math/rand/v2"

	"github.com/weir-dev/weir/faults/schedule"
)

// URW is the selectively uniform random walk (Zhao, Wolff, Mathur,
// Roychoudhury: Selectively uniform concurrency testing, ASPLOS 2025). A walk
// that picks any goroutine with the same probability prefers the orders in
// which those with few steps come early; this one makes every order of the
// steps that it looks at equally likely, because who goes next is drawn by how
// many such steps each still has, those of goroutines that it will start
// included. Each schedule looks at one or two objects that several goroutines
// use, or at all steps; the others are walked through.
//
// How many steps there are is learned from earlier schedules, so that the first
// walks without. Where steps wait for others, or the numbers differ from
// schedule to schedule, orders aren't equally likely, but all remain possible. Who
// takes polls steps without coming anywhere new is one of many from then on: its
// steps are as many as it likes, and tell nothing about orders.
func URW(seed uint64) Strategy {
	s := newSearch("urw", seed)
	b := &book{mean: map[counted]float64{}, children: map[uint64][]uint64{}, known: map[uint64]struct{}{}, users: map[uint64]users{}}
	var e *even
	s.begin = func(r *rand.Rand) (walk, bool) {
		e = newEven(b, r)
		return e, true
	}
	s.end = func(Outcome) { b.learn(e) }
	return s
}

// counted is what steps are counted by: who took them and where; place 0 counts
// them all.
type counted struct{ who, place uint64 }

// users is what is known of who uses a place.
type users struct {
	first   uint64
	several bool
	written bool
}

// book is what the earlier schedules have taught.
type book struct {
	schedules int
	mean      map[counted]float64 // steps in a schedule, the recent ones weighing more
	children  map[uint64][]uint64
	known     map[uint64]struct{} // those who are somebody's child
	users     map[uint64]users
	places    []uint64 // those worth looking at, in the order they were met
}

// recency is the weight of the last schedule in a mean.
const recency = 0.2

// maxBook bounds the tables of the book.
const maxBook = 1 << 14

func (b *book) learn(e *even) {
	room := len(b.mean)+len(e.counts) <= maxBook // for all of them, because they are in no order
	for k, n := range e.counts {
		if mean, ok := b.mean[k]; ok {
			b.mean[k] = mean + recency*(n-mean)
		} else if room {
			b.mean[k] = n
		}
	}
	b.schedules++
}

// used notes who uses a place, and whether it is worth looking at.
func (b *book) used(place, who uint64, writes bool) {
	u, ok := b.users[place]
	if !ok && len(b.users) >= maxBook {
		return
	}
	if !ok {
		u.first = who
	}
	was := u.several && u.written
	u.several = u.several || u.first != who
	u.written = u.written || writes
	b.users[place] = u
	if !was && u.several && u.written {
		b.places = append(b.places, place)
	}
}

// bear notes who started whom.
func (b *book) bear(parent, child uint64) {
	if _, ok := b.known[child]; !ok && len(b.known) < maxBook {
		b.known[child] = struct{}{}
		b.children[parent] = append(b.children[parent], child)
	}
}

// even is the walk of URW.
type even struct {
	book   *book
	rand   *rand.Rand
	looked []uint64 // the places looked at; none are all
	counts map[counted]float64
	left   map[uint64]*share
	living []uint64 // in the order they were met
	next   uint64   // who is to take the next step that is looked at; 0 if not drawn
	since  int      // steps since one that is looked at
	open   []int
	going  going
	lost   bool // the last step was of somebody who goes round
}

// share is how many steps that are looked at somebody still has.
type share struct {
	own, heirs float64 // heirs: of those that it will start
}

// patience is how many steps are taken that aren't looked at before somebody
// else is let have the next one that is: one may wait for it in a loop.
const patience = 64

func newEven(b *book, r *rand.Rand) *even {
	e := &even{book: b, rand: r, counts: map[counted]float64{}, left: map[uint64]*share{}, going: newGoing()}
	if n := len(b.places); n > 0 {
		// All steps one time in four, one object as often as two.
		for k := r.IntN(4); k > 0 && len(e.looked) < 2; k -= 2 {
			e.looked = append(e.looked, b.places[r.IntN(n)])
		}
	}
	return e
}

// place is where a step is counted; 0 for one that is about nothing.
func place(e schedule.Event) uint64 {
	switch {
	case e.Object.Number > 0:
		return mix(uint64(e.Object.First)*5 + uint64(e.Object.Rank))
	case e.Access == schedule.AccessAny:
		return 1 // it may be about anything
	}
	return 0
}

// looksAt reports whether the order of the step is drawn.
func (p *even) looksAt(place uint64) bool {
	if len(p.looked) == 0 {
		return true
	}
	for _, at := range p.looked {
		if at == place {
			return true
		}
	}
	return false
}

// expected is how many steps that are looked at somebody takes.
func (p *even) expected(who uint64) (n float64) {
	if len(p.looked) == 0 {
		return p.book.mean[counted{who, 0}]
	}
	for _, at := range p.looked {
		n += p.book.mean[counted{who, at}]
	}
	return n
}

// heirs is how many such steps the descendants of somebody take.
func (p *even) heirs(who uint64, depth int) (n float64) {
	if depth == 0 {
		return 0
	}
	for _, c := range p.book.children[who] {
		n += p.expected(c) + p.heirs(c, depth-1)
	}
	return n
}

// maxDepth bounds how far descendants are counted.
const maxDepth = 8

// meet gives somebody who is seen first his share, which was his parent's.
func (p *even) meet(who, parent uint64) {
	if p.left[who] != nil {
		return
	}
	s := &share{own: p.expected(who), heirs: p.heirs(who, maxDepth)}
	p.left[who] = s
	p.living = append(p.living, who)
	from := p.left[parent]
	if parent == 0 || from == nil {
		return
	}
	p.book.bear(parent, who)
	if all := from.own + from.heirs; p.next == parent && all > 0 && p.rand.Float64()*all < s.own+s.heirs {
		p.next = who
	}
	from.heirs = max(0, from.heirs-s.own-s.heirs)
}

func (p *even) choose(c *schedule.Choice) int {
	steps, made := aside(c, p.rand)
	if made {
		return steps
	}
	for i := range steps {
		e := c.Event(i)
		p.meet(party(e), uint64(e.Parent()))
	}
	if p.book.schedules == 0 || p.lost {
		return p.rand.IntN(steps)
	}
	if len(p.looked) == 0 {
		return p.draw(c, steps, func(int) bool { return true })
	}
	if p.next == 0 {
		p.next = p.heir()
	}
	p.open = p.open[:0]
	for i := range steps {
		if e := c.Event(i); party(e) == p.next || !p.looksAt(place(e)) {
			p.open = append(p.open, i)
		}
	}
	if len(p.open) == 0 || p.since > patience {
		p.since = 0
		closed := func(i int) bool { return p.looksAt(place(c.Event(i))) }
		if i := p.draw(c, steps, closed); i >= 0 {
			return i
		}
	}
	return p.open[p.rand.IntN(len(p.open))]
}

// draw picks a step by the shares of who takes them; -1 if none is asked for.
func (p *even) draw(c *schedule.Choice, steps int, asked func(i int) bool) int {
	total, pick := 0.0, -1
	for i := range steps {
		if !asked(i) {
			continue
		}
		s := p.left[party(c.Event(i))]
		weight := max(1, s.own) + s.heirs
		total += weight
		if p.rand.Float64()*total < weight {
			pick = i
		}
	}
	return pick
}

// heir is who is to take the next step that is looked at, by the shares; 0 if
// nobody is known to have any.
func (p *even) heir() (who uint64) {
	total := 0.0
	for _, w := range p.living {
		s := p.left[w]
		weight := max(0, s.own) + s.heirs
		if total += weight; weight > 0 && p.rand.Float64()*total < weight {
			who = w
		}
	}
	return who
}

func (p *even) taken(t *schedule.Taken) {
	who, at := party(t.Event), place(t.Event)
	p.meet(who, uint64(t.Parent()))
	p.counts[counted{who, 0}]++
	if at != 0 {
		p.counts[counted{who, at}]++
		p.book.used(at, who, t.Access != schedule.AccessRead)
	}
	p.lost = p.going.round(t)
	p.since++
	if p.looksAt(at) {
		p.left[who].own--
		p.next, p.since = 0, 0
	}
	if t.Ended {
		// What was expected of it never comes.
		s := p.left[who]
		s.own, s.heirs = 0, 0
		if p.next == who {
			p.next = 0
		}
	}
}
