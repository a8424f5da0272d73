package remote

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// TestBookRandomWalk takes random steps and checks after each what must hold at
// every instant, against a ledger of its own.
func TestBookRandomWalk(t *testing.T) {
	for seed := range uint64(200) {
		walk(t, rand.New(rand.NewPCG(seed, 1)))
	}
}

type ledger struct {
	b        *book
	resolved map[uint64]bool
	last     uint64 // seq dispatched last
}

// Trace is the ledger's view of resolutions.
func (l *ledger) Trace(e protocol.Event) {
	if e.Kind == protocol.KindResolve {
		if l.resolved[e.Seq] {
			panic(fmt.Sprintf("seq %d has two outcomes", e.Seq))
		}
		l.resolved[e.Seq] = true
	}
}

func walk(t *testing.T, rng *rand.Rand) {
	now := time.Unix(0, 0)
	l := &ledger{resolved: make(map[uint64]bool)}
	b, _ := newTestBook(t, &now, func(c *Config) {
		c.Buffer, c.Window, c.FrameMessages = 1+rng.IntN(3), 1+rng.IntN(3), 1+rng.IntN(3)
		c.Tracer, c.Rand = l, rng.Uint64
	})
	l.b = b
	var waiting []*waiter
	for range 300 {
		now = now.Add(time.Duration(rng.IntN(int(20 * time.Millisecond))))
		switch rng.IntN(12) {
		case 0, 1, 2:
			w := newTestWaiter()
			if seq, err := b.offer(nil, b.dispatch, w); seq == 0 && err == nil {
				waiting = append(waiting, w)
			}
		case 3:
			if len(waiting) > 0 {
				i := rng.IntN(len(waiting))
				b.withdraw(waiting[i])
				waiting = slices.Delete(waiting, i, i+1)
			}
		case 4, 5, 6:
			stepMessenger(b, rng)
		case 7, 8:
			if b.flight.n > 0 {
				if err := b.receive(b.link.epoch, replies(!b.link.welcomed, b.flight.at(0).seq)); err != nil {
					t.Fatal(err)
				}
			}
		case 9, 10:
			if b.dispatch != nil {
				b.end()
			} else if b.dispatchable() {
				r := b.begin(&dispatch{})
				if r.Seq <= l.last {
					t.Fatalf("dispatched seq %d after %d", r.Seq, l.last)
				}
				l.last = r.Seq
			}
		case 11:
			switch rng.IntN(20) {
			case 0:
				b.close()
			case 1:
				b.close()
				b.force()
			default:
				b.lose(b.link.epoch, protocol.LinkLost)
			}
		}
		l.check(t)
	}
}

// stepMessenger does what the messenger would.
func stepMessenger(b *book, rng *rand.Rand) {
	if b.link.phase == phaseConnecting {
		if rng.IntN(3) == 0 {
			b.failed()
		} else {
			b.connected()
		}
		return
	}
	switch b.next() {
	case stepDial:
		b.dial()
	case stepSend:
		b.take(nil)
	case stepRelease:
		b.release()
	}
}

func (l *ledger) check(t *testing.T) {
	t.Helper()
	b, s := l.b, l.b.snapshot()
	switch {
	case s.Accepted != uint64(s.InBuffer+s.InFlight)+s.Resolved:
		t.Fatalf("accepted is not in buffer + in flight + resolved: %+v", s)
	case s.Resolved != uint64(len(l.resolved)):
		t.Fatalf("%d are resolved, and %d were told: %+v", s.Resolved, len(l.resolved), s)
	case s.InBuffer > b.bounds.buffer+1 || b.awaiting() > b.bounds.buffer+b.bounds.window+1:
		t.Fatalf("%d in buffer, %d await dispatch: above the bounds %+v", s.InBuffer, b.awaiting(), b.bounds)
	case s.Slots < 0 || s.Slots > b.bounds.window || s.Slots < s.InFlight:
		t.Fatalf("%d slots of %d, %d in flight", s.Slots, b.bounds.window, s.InFlight)
	case !s.Online && (s.Slots != 0 || s.InFlight != 0):
		t.Fatalf("offline with messages in flight or slots: %+v", s)
	case b.outer.first != nil && b.room(0) || b.inner != nil && b.room(1):
		t.Fatalf("somebody waits though there is room: %+v", s)
	case b.closing && (b.outer.first != nil || b.inner != nil):
		t.Fatal("somebody waits though nothing is accepted any more")
	case b.forced && s.InBuffer+s.InFlight > 0:
		t.Fatalf("forced, and not all is resolved: %+v", s)
	}
	// A dispatch that waits for its place must be helped by the messenger alone.
	if b.inner != nil && b.link.phase == phaseUp && b.next() != stepSend {
		t.Fatalf("a dispatch waits for a place that nobody can free: %+v", s)
	}
}
