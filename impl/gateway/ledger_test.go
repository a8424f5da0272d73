package gateway

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/weir-dev/weir/protocol"
)

// pair steps a Ledger and its twin together.
type pair struct {
	*rapid.T
	ledger  *Ledger
	twin    *twin
	journal *journal
	// made holds every reservation of the ledger, by attempt.
	made []*Reservation
	// attachments holds every attachment, also those that have ended.
	attachments []*Attachment
	requests    uint64
	waiting     []uint64 // requests that hold nothing
}

var hostNames = []string{"a", "b", "c"}

func TestLedgerEqualsItsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := LedgerConfig{
			HostLimit:    rapid.IntRange(1, 4).Draw(t, "limit"),
			Mark:         rapid.IntRange(-1, 3).Draw(t, "mark"),
			AbandonedCap: rapid.IntRange(0, 2).Draw(t, "cap"),
			Hosts:        2,
		}
		p := &pair{T: t, journal: &journal{}}
		c.Tracer = p.journal
		ledger, err := NewLedger(c)
		if err != nil {
			t.Fatal(err)
		}
		p.ledger = ledger
		p.twin = &twin{config: c, limits: map[string]int{}}
		t.Repeat(map[string]func(*rapid.T){
			"":            func(*rapid.T) { p.compare() },
			"attach":      p.attach,
			"detach":      p.detach,
			"reserve":     p.reserve,
			"reserve2":    p.reserve,
			"reassign":    p.reassign,
			"release":     p.release,
			"sent":        p.sent,
			"sent2":       p.sent,
			"cancelled":   p.cancelled,
			"acknowledge": p.acknowledge,
			"set-limit":   p.setLimit,
			"declare":     p.declare,
			"refuse":      p.refuse,
			"ready":       p.ready,
			"drain":       p.drain,
		})
		p.replay()
	})
}

func (p *pair) name(t *rapid.T) string { return rapid.SampledFrom(hostNames).Draw(t, "host") }

func (p *pair) attach(t *rapid.T) {
	name, declared := p.name(t), rapid.IntRange(0, 5).Draw(t, "declared")
	if p.twin.host(name) == nil && len(p.twin.hosts) == 2 {
		if _, _, err := p.ledger.Attach(name, declared); !errors.Is(err, ErrHosts) {
			t.Fatalf("third host got %v, want ErrHosts", err)
		}
		return
	}
	var want []*twinReservation
	if h := p.twin.host(name); h != nil {
		want = p.twin.live(h.epoch)
	}
	a, held, err := p.ledger.Attach(name, declared)
	if err != nil {
		t.Fatal(err)
	}
	p.attachments = append(p.attachments, a)
	p.twin.attach(name, declared)
	p.same("released by attach", held, want)
	p.orphaned(held)
}

func (p *pair) detach(t *rapid.T) {
	name := p.name(t)
	h := p.twin.host(name)
	if h == nil {
		t.Skip("not attached")
	}
	a, want := p.ledger.Attached(name), p.twin.live(h.epoch)
	held := p.ledger.Detach(a)
	p.twin.detach(name)
	p.same("released by detach", held, want)
	p.orphaned(held)
	if again := p.ledger.Detach(a); again != nil {
		t.Fatalf("second detach released %v", again)
	}
}

func (p *pair) orphaned(held []*Reservation) {
	for _, r := range held {
		p.waiting = append(p.waiting, r.Request)
	}
}

// choose compares the choice of both, and returns the host.
func (p *pair) choose(t *rapid.T, tried []string, again bool) (*Attachment, *twinHost) {
	a := p.ledger.Choose(tried, again)
	var untried, other []*twinHost
	for _, h := range p.twin.hosts {
		if !p.twin.open(h) {
			continue
		}
		if slices.Contains(tried, h.name) {
			other = append(other, h)
		} else {
			untried = append(untried, h)
		}
	}
	allowed := untried
	if len(allowed) == 0 && again {
		allowed = other
	}
	if a == nil {
		if len(allowed) > 0 {
			t.Fatalf("nobody was chosen, %s is eligible", allowed[0].name)
		}
		return nil, nil
	}
	load := func(h *twinHost) float64 { return float64(len(p.twin.live(h.epoch))) / float64(p.twin.limit(h)) }
	i := slices.IndexFunc(allowed, func(h *twinHost) bool { return h.name == a.host })
	if i < 0 {
		t.Fatalf("%s was chosen, not eligible", a.host)
	}
	for _, h := range allowed {
		if load(h) < load(allowed[i]) {
			t.Fatalf("%s was chosen, %s has less load", a.host, h.name)
		}
	}
	return a, allowed[i]
}

func (p *pair) reserve(t *rapid.T) {
	var tried []string
	if rapid.Bool().Draw(t, "tried") {
		tried = []string{p.name(t)}
	}
	a, h := p.choose(t, tried, rapid.Bool().Draw(t, "again"))
	if a == nil {
		t.Skip("no host")
	}
	request := p.requests + 1
	if n := len(p.waiting); n > 0 {
		request = p.waiting[n-1]
		p.waiting = p.waiting[:n-1]
	} else {
		p.requests++
	}
	r, err := p.ledger.Reserve(request, a)
	if err != nil {
		t.Fatal(err)
	}
	p.made = append(p.made, r)
	p.equal(r, p.twin.reserve(request, h))
}

// live draws a live reservation.
func (p *pair) live(t *rapid.T) (*Reservation, *twinReservation) {
	var live []*twinReservation
	for _, r := range p.twin.all {
		if r.released == protocol.ReasonNone {
			live = append(live, r)
		}
	}
	if len(live) == 0 {
		t.Skip("nothing is live")
	}
	w := live[rapid.IntRange(0, len(live)-1).Draw(t, "live")]
	return p.made[w.attempt-1], w
}

func (p *pair) reassign(t *rapid.T) {
	old, w := p.live(t)
	a, h := p.choose(t, []string{w.host}, false)
	if a == nil {
		same := p.ledger.Attached(w.host)
		if _, err := p.ledger.Reassign(old, same); !errors.Is(err, ErrNotOpen) {
			t.Fatalf("reassign to the same host got %v", err)
		}
		return
	}
	r, err := p.ledger.Reassign(old, a)
	if err != nil {
		t.Fatal(err)
	}
	p.made = append(p.made, r)
	p.twin.release(w, protocol.Reassigned)
	p.equal(r, p.twin.reserve(w.request, h))
	if _, err := p.ledger.Reassign(old, a); !errors.Is(err, ErrReleased) {
		t.Fatalf("second reassign got %v", err)
	}
}

func (p *pair) release(t *rapid.T) {
	r, w := p.live(t)
	reasons := []protocol.Reason{protocol.Cancelled, protocol.Deadline, protocol.Closed}
	if w.sent {
		reasons = append(reasons, protocol.ByReply, protocol.ByErrorReply, protocol.Refused, protocol.WriteFailed)
	}
	reason := rapid.SampledFrom(reasons).Draw(t, "reason")
	if err := p.ledger.Release(r, reason); err != nil {
		t.Fatal(err)
	}
	p.twin.release(w, reason)
	p.waiting = append(p.waiting, w.request)
	if err := p.ledger.Release(r, protocol.ByReply); !errors.Is(err, ErrReleased) {
		t.Fatalf("second release got %v", err)
	}
}

func (p *pair) sent(t *rapid.T) {
	h := p.twin.host(p.name(t))
	if h == nil {
		t.Skip("not attached")
	}
	var want *twinReservation
	for _, r := range p.twin.live(h.epoch) {
		if !r.sent {
			want = r
			break
		}
	}
	got := p.ledger.Sent(p.ledger.Attached(h.name))
	if (got == nil) != (want == nil) {
		t.Fatalf("sent %v, want %v", got, want)
	}
	if got != nil {
		want.sent = true
		p.equal(got, want)
	}
}

func (p *pair) cancelled(t *rapid.T) {
	h := p.twin.host(p.name(t))
	if h == nil {
		t.Skip("not attached")
	}
	owed := map[uint64]*twinReservation{}
	for _, r := range p.twin.abandoned(h.epoch) {
		if !r.told {
			owed[r.attempt] = r
		}
	}
	attempt, ok := p.ledger.Cancelled(p.ledger.Attached(h.name))
	if ok != (len(owed) > 0) || ok && owed[attempt] == nil {
		t.Fatalf("cancelled %d, %v, want one of %d", attempt, ok, len(owed))
	}
	if ok {
		owed[attempt].told = true
	}
}

func (p *pair) acknowledge(t *rapid.T) {
	if len(p.attachments) == 0 {
		t.Skip("nobody was attached")
	}
	a := rapid.SampledFrom(p.attachments).Draw(t, "attachment")
	attempt := uint64(rapid.IntRange(0, len(p.made)+1).Draw(t, "attempt"))
	want := p.twin.standing(a.host, a.epoch, attempt)
	r, got := p.ledger.Find(a, attempt)
	if got != want || (r != nil) != (want != Stranger) {
		t.Fatalf("attempt %d stands as %v, %v, want %v", attempt, r, got, want)
	}
	p.ledger.Acknowledge(a, attempt)
	if want == Abandoned || want == Lost {
		p.twin.all[attempt-1].answered = true
		p.twin.settle(a.epoch)
		if _, got := p.ledger.Find(a, attempt); got != Stranger {
			t.Fatalf("attempt %d stands as %v after its answer", attempt, got)
		}
	}
}

func (p *pair) setLimit(t *rapid.T) {
	name, n := p.name(t), rapid.IntRange(0, 5).Draw(t, "n")
	err := p.ledger.SetLimit(name, n)
	if _, known := p.twin.limits[name]; !known && len(p.twin.limits) == 2 {
		if !errors.Is(err, ErrHosts) {
			t.Fatalf("third limit got %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	p.relimit(name, func() {
		p.twin.limits[name] = n
		if n == p.twin.config.HostLimit {
			delete(p.twin.limits, name)
		}
	})
}

// relimit makes the change, after which paused follows from free slots alone,
// if the limit is another.
func (p *pair) relimit(name string, change func()) {
	h := p.twin.host(name)
	if h == nil {
		change()
		return
	}
	before := p.twin.limit(h)
	change()
	if p.twin.limit(h) != before {
		h.paused = !p.twin.free(h)
	}
}

func (p *pair) declare(t *rapid.T) {
	h := p.twin.host(p.name(t))
	if h == nil {
		t.Skip("not attached")
	}
	n := rapid.IntRange(0, 5).Draw(t, "n")
	p.ledger.Declare(p.ledger.Attached(h.name), n)
	p.relimit(h.name, func() { h.declared = n })
}

func (p *pair) refuse(t *rapid.T) {
	if h := p.twin.host(p.name(t)); h != nil {
		p.ledger.Refuse(p.ledger.Attached(h.name), 1)
		h.refusing = true
	}
}

func (p *pair) ready(t *rapid.T) {
	if h := p.twin.host(p.name(t)); h != nil {
		p.ledger.Ready(p.ledger.Attached(h.name))
		h.refusing = false
	}
}

func (p *pair) drain(t *rapid.T) {
	h := p.twin.host(p.name(t))
	if h == nil {
		t.Skip("not attached")
	}
	var want []*twinReservation
	if !h.draining {
		for _, r := range p.twin.live(h.epoch) {
			if !r.sent {
				want = append(want, r)
			}
		}
	}
	got := p.ledger.Drain(p.ledger.Attached(h.name))
	for _, r := range want {
		r.released = protocol.Draining
	}
	h.draining = true
	p.twin.settle(h.epoch)
	p.same("released by drain", got, want)
	p.orphaned(got)
}

func (p *pair) equal(r *Reservation, w *twinReservation) {
	got := fmt.Sprint(r.Host, r.Epoch, r.Request, r.Attempt, r.Sent(), r.Released())
	want := fmt.Sprint(w.host, w.epoch, w.request, w.attempt, w.sent, w.released)
	if got != want {
		p.Fatalf("reservation is %s, want %s", got, want)
	}
}

func (p *pair) same(what string, got []*Reservation, want []*twinReservation) {
	if len(got) != len(want) {
		p.Fatalf("%s: %d reservations, want %d", what, len(got), len(want))
	}
	for i := range got {
		p.equal(got[i], want[i])
	}
}

// compare compares everything that can be asked without a change.
func (p *pair) compare() {
	var want []protocol.HostStats
	for _, h := range p.twin.hosts {
		want = append(want, protocol.HostStats{Host: h.name, Epoch: h.epoch, Reserved: len(p.twin.live(h.epoch)),
			Limit: p.twin.limit(h), Abandoned: len(p.twin.abandoned(h.epoch)), Paused: h.paused, Draining: h.draining})
		a := p.ledger.Attached(h.name)
		p.same("held", p.ledger.Held(a), p.twin.live(h.epoch))
		if a.Refusing() != h.refusing || a.Open() != p.twin.open(h) {
			p.Fatalf("%s: refusing %v, open %v, want %v, %v", h.name, a.Refusing(), a.Open(), h.refusing, p.twin.open(h))
		}
		if !a.Open() {
			if _, err := p.ledger.Reserve(1<<40, a); !errors.Is(err, ErrNotOpen) {
				p.Fatalf("reserve at closed %s got %v", h.name, err)
			}
		}
		if unsent, owed := a.unsent.Len(), a.uncancelled.Len(); unsent > a.Reserved() || owed > a.Abandoned() {
			p.Fatalf("%s: %d to be sent of %d, %d to be cancelled of %d", h.name, unsent, a.Reserved(), owed, a.Abandoned())
		}
	}
	if got := p.ledger.Hosts(); !slices.Equal(got, want) {
		p.Fatalf("hosts are %+v, want %+v", got, want)
	}
	for _, a := range p.attachments {
		if a.Ended() && (a.Reserved() != 0 || a.Abandoned() != 0 || a.Open()) {
			p.Fatalf("ended attachment %d holds %d, %d abandoned", a.epoch, a.Reserved(), a.Abandoned())
		}
	}
	for i, w := range p.twin.all {
		if p.made[i].Released() != w.released {
			p.Fatalf("attempt %d was released by %v, want %v", i+1, p.made[i].Released(), w.released)
		}
	}
}

// replay sees that pause and resume were told as they happened, and that the
// limits told are the limits.
func (p *pair) replay() {
	paused, limit := map[string]bool{}, map[string]int64{}
	for _, e := range p.journal.list() {
		switch e.Kind {
		case protocol.KindAttach:
			paused[e.Host], limit[e.Host] = false, e.Value
		case protocol.KindLimit:
			limit[e.Host] = e.Value
		case protocol.KindPause, protocol.KindResume:
			if paused[e.Host] == (e.Kind == protocol.KindPause) {
				p.Fatalf("told twice: %v", e)
			}
			paused[e.Host] = e.Kind == protocol.KindPause
		}
	}
	for _, h := range p.twin.hosts {
		if paused[h.name] != h.paused || limit[h.name] != int64(p.twin.limit(h)) {
			p.Fatalf("%s was told paused %v, limit %d, is %v, %d",
				h.name, paused[h.name], limit[h.name], h.paused, p.twin.limit(h))
		}
	}
}

func TestLedgerRefusesWhatIsOutOfBounds(t *testing.T) {
	for _, c := range []LedgerConfig{{HostLimit: -1}, {HostLimit: 1<<20 + 1}, {Hosts: -1}, {AbandonedCap: -1}} {
		if _, err := NewLedger(c); !errors.Is(err, protocol.ErrConfig) {
			t.Errorf("NewLedger(%+v) got %v, want ErrConfig", c, err)
		}
	}
	l, err := NewLedger(LedgerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-1, 1<<20 + 1} {
		if err := l.SetLimit("a", n); !errors.Is(err, protocol.ErrConfig) {
			t.Errorf("SetLimit(%d) got %v, want ErrConfig", n, err)
		}
	}
}
