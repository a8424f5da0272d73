package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// recorder keeps the text of events.
type recorder struct{ events []string }

func (r *recorder) Trace(e protocol.Event) {
	e.Party, e.Digest = "", 0
	r.events = append(r.events, e.String())
}

// take returns what was recorded since the last take.
func (r *recorder) take() []string {
	out := r.events
	r.events = nil
	return out
}

// newTestBook returns a book with small bounds, a clock that stands at *now, and
// no chance: delays are zero.
func newTestBook(t *testing.T, now *time.Time, change func(*Config)) (*book, *recorder) {
	rec := &recorder{}
	c := Config{
		ID: "a", Buffer: 2, Window: 2, FrameMessages: 2, FrameBytes: 1 << 10, MessageBytes: 1 << 20, Tracer: rec,
		Connect:  func(context.Context) (Conn, error) { return nil, nil },
		Dispatch: func(context.Context, protocol.Result) {},
		Rand:     func() uint64 { return 0 },
	}
	if change != nil {
		change(&c)
	}
	c, err := c.settle()
	if err != nil {
		t.Fatal(err)
	}
	return newBook(c, func() time.Time { return *now }), rec
}

func newTestWaiter() *waiter { return &waiter{ready: make(chan struct{}, 1)} }

// mustOffer offers a payload that there must be room for.
func mustOffer(t *testing.T, b *book, payload string) {
	t.Helper()
	if seq, err := b.offer([]byte(payload), nil, nil); seq == 0 || err != nil {
		t.Fatalf("offer %q: got seq %d, %v", payload, seq, err)
	}
}

// up brings a link up.
func up(t *testing.T, b *book) {
	t.Helper()
	if got := b.next(); got != stepDial {
		t.Fatalf("next: got step %d, want dial", got)
	}
	if _, ok := b.dial(); !ok {
		t.Fatal("dial: a backoff is running")
	}
	b.connected()
}

func replies(first bool, seqs ...uint64) *remotev1.PeerReply {
	f := &remotev1.PeerReply{}
	if first {
		f.Welcome = &remotev1.Welcome{}
	}
	for _, s := range seqs {
		f.Replies = append(f.Replies, &remotev1.Reply{Seq: s})
	}
	return f
}

func TestBookTellsWhatItDoes(t *testing.T) {
	now := time.Unix(0, 0)
	b, rec := newTestBook(t, &now, nil)
	want := func(events ...string) {
		t.Helper()
		if got := rec.take(); !slices.Equal(got, events) {
			t.Fatalf("got events\n%q, want\n%q", got, events)
		}
	}
	mustOffer(t, b, "x")
	mustOffer(t, b, "y")
	want("accept seq=1", "accept seq=2")
	up(t, b)
	want("connect epoch=1", "link-up epoch=1")
	w := newTestWaiter()
	if seq, err := b.offer([]byte("z"), nil, w); seq != 0 || err != nil {
		t.Fatalf("offer to a full buffer: got seq %d, %v", seq, err)
	}
	f := b.take(nil)
	if !f.hello || len(f.messages) != 2 || !w.decided || w.seq != 3 {
		t.Fatalf("got frame %+v, waiter %+v", f, w)
	}
	want("hello epoch=1", "send epoch=1 seq=1 value=1", "accept seq=3", "send epoch=1 seq=2 value=1")
	if b.next() != stepRest {
		t.Fatal("the window is full, and there is something to do")
	}
	if err := b.receive(1, replies(true, 1)); err != nil {
		t.Fatal(err)
	}
	want("welcome epoch=1", "receive epoch=1 seq=1", "resolve epoch=1 seq=1 outcome=replied")
	if b.next() != stepRest {
		t.Fatal("a reply freed its slot before its dispatch began")
	}
	d := &dispatch{}
	if r := b.begin(d); r.Seq != 1 || b.next() != stepSend {
		t.Fatalf("dispatch of seq %d did not free a slot", r.Seq)
	}
	b.end()
	want("dispatch-begin seq=1 outcome=replied", "dispatch-end seq=1")
	if f := b.take(nil); f.hello || f.ack != 1 {
		t.Fatalf("got frame %+v", f)
	}
	want("ack epoch=1 value=1", "send epoch=1 seq=3 value=2")
	b.lose(1, protocol.LinkLost)
	b.lose(1, protocol.LinkLost)
	want("link-down epoch=1 reason=link-lost", "resolve epoch=1 seq=2 outcome=unknown reason=link-lost",
		"resolve epoch=1 seq=3 outcome=unknown reason=link-lost")
	if err := b.receive(1, replies(false, 2)); !errors.Is(err, errUnused) {
		t.Fatalf("a frame of a lost link: got %v", err)
	}
	if b.next() != stepRelease {
		t.Fatal("a lost link is not released")
	}
	b.release()
	b.close()
	if b.next() != stepStop {
		t.Fatal("a drained book goes on")
	}
	want("close-begin")
	if s := b.snapshot(); s.Accepted != 3 || s.Replied != 1 || s.Unknown != 2 || s.Undispatched != 2 || s.Slots != 0 {
		t.Fatalf("got %+v", s)
	}
}

func TestBookBackoffDecidesOffline(t *testing.T) {
	now := time.Unix(0, 0)
	b, rec := newTestBook(t, &now, func(c *Config) {
		c.Buffer = 3
		c.BackoffMin, c.BackoffMax = 100*time.Millisecond, time.Second
		c.Rand = func() uint64 { return 1<<64 - 1 }
	})
	mustOffer(t, b, "trigger")
	mustOffer(t, b, "behind")
	mustOffer(t, b, "behind")
	if _, ok := b.dial(); !ok {
		t.Fatal("no attempt though no backoff runs")
	}
	b.failed()
	if s := b.snapshot(); s.InBuffer != 2 || s.NotSent != 1 {
		t.Fatalf("a failed attempt ends the one message that asked for it: got %+v", s)
	}
	now = now.Add(100*time.Millisecond - 1)
	if _, ok := b.dial(); ok {
		t.Fatal("an attempt before the delay has passed")
	}
	if s := b.snapshot(); s.InBuffer != 0 || s.NotSent != 3 || s.ByReason[protocol.Offline] != 3 || s.Connects != 1 {
		t.Fatalf("got %+v", s)
	}
	now = now.Add(1)
	mustOffer(t, b, "later")
	rec.take()
	if _, ok := b.dial(); !ok {
		t.Fatal("no attempt though the delay has passed")
	}
	b.failed()
	if got := rec.take(); got[1] != "link-down epoch=2 reason=offline value=200000000" {
		t.Fatalf("got %q", got)
	}
}

func TestBookResetsBackoffOnlyWhenHealthy(t *testing.T) {
	for name, c := range map[string]struct {
		up      time.Duration
		reply   bool
		healthy bool
	}{
		"short and silent": {time.Second - 1, false, false},
		"long and silent":  {time.Second, false, true},
		"short, a reply":   {0, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Unix(0, 0)
			b, _ := newTestBook(t, &now, func(c *Config) { c.BackoffMin, c.BackoffMax = 100*time.Millisecond, time.Second })
			b.backoff.failures = 3
			mustOffer(t, b, "x")
			up(t, b)
			b.take(nil)
			now = now.Add(c.up)
			if c.reply {
				if err := b.receive(1, replies(true, 1)); err != nil {
					t.Fatal(err)
				}
			}
			b.lose(1, protocol.LinkLost)
			// The loss itself draws one delay.
			if got := b.backoff.failures == 1; got != c.healthy {
				t.Fatalf("after the loss failures are %d, healthy is to be %v", b.backoff.failures, c.healthy)
			}
		})
	}
}

func TestBackoffStaysInBounds(t *testing.T) {
	k := backoff{min: 3 * time.Millisecond, max: 20 * time.Millisecond}
	for _, want := range []time.Duration{3, 6, 12, 20, 20, 20} {
		j := k
		if got := j.draw(0); got != 0 {
			t.Fatalf("least delay: got %v, want 0", got)
		}
		if got := k.draw(1<<64 - 1); got != want*time.Millisecond {
			t.Fatalf("greatest delay: got %v, want %v", got, want*time.Millisecond)
		}
	}
}

func TestBookFramesKeepTheirBounds(t *testing.T) {
	now := time.Unix(0, 0)
	b, _ := newTestBook(t, &now, func(c *Config) { c.Buffer, c.Window, c.FrameMessages = 100, 100, 3 })
	for _, n := range []int{1, 1, 1, 1, 800, 2000, 1, 400, 400, 400} {
		mustOffer(t, b, string(make([]byte, n)))
	}
	up(t, b)
	var got []string
	seq := uint64(0)
	for b.next() == stepSend {
		f := b.take(nil)
		bytes := 0
		for _, e := range f.messages {
			if seq++; e.seq != seq {
				t.Fatalf("got seq %d, want %d", e.seq, seq)
			}
			bytes += len(e.payload)
		}
		got = append(got, fmt.Sprintf("%d:%d", len(f.messages), bytes))
	}
	want := []string{"3:3", "2:801", "1:2000", "3:801", "1:400"}
	if !slices.Equal(got, want) {
		t.Fatalf("got frames %v (messages:bytes), want %v", got, want)
	}
}

func TestBookRefusesWhatAPeerMayNotSay(t *testing.T) {
	for name, frame := range map[string]*remotev1.PeerReply{
		"no welcome":       replies(false, 1),
		"not sent":         replies(true, 3),
		"skips one":        replies(true, 2),
		"zero":             replies(true, 0),
		"a nil reply":      {Welcome: &remotev1.Welcome{}, Replies: []*remotev1.Reply{nil}},
		"one, then a skip": replies(true, 1, 3),
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Unix(0, 0)
			b, _ := newTestBook(t, &now, nil)
			mustOffer(t, b, "x")
			mustOffer(t, b, "y")
			up(t, b)
			b.take(nil)
			if err := b.receive(1, frame); !errors.Is(err, errInvalid) {
				t.Fatalf("got %v, want that the peer broke the protocol", err)
			}
		})
	}
	now := time.Unix(0, 0)
	b, _ := newTestBook(t, &now, nil)
	mustOffer(t, b, "x")
	up(t, b)
	b.take(nil)
	if err := b.receive(1, replies(true, 1, 1)); err != nil {
		t.Fatalf("a repeated reply: %v", err)
	}
	if s := b.snapshot(); s.Late != 1 || s.Replied != 1 {
		t.Fatalf("got %+v", s)
	}
	if err := b.receive(1, replies(true)); !errors.Is(err, errInvalid) {
		t.Fatalf("a second welcome: got %v", err)
	}
}

func TestBookAdmitsOldestWaiterFirst(t *testing.T) {
	now := time.Unix(0, 0)
	b, _ := newTestBook(t, &now, nil)
	mustOffer(t, b, "1")
	mustOffer(t, b, "2")
	ws := []*waiter{newTestWaiter(), newTestWaiter(), newTestWaiter()}
	for _, w := range ws {
		if seq, err := b.offer([]byte("w"), nil, w); seq != 0 || err != nil {
			t.Fatalf("got seq %d, %v", seq, err)
		}
	}
	if _, err := b.offer([]byte("t"), nil, nil); !errors.Is(err, protocol.ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	inner := newTestWaiter()
	b.inner = inner
	if !b.withdraw(inner) || b.inner != nil {
		t.Fatal("a dispatch that waits could not give up")
	}
	if !b.withdraw(ws[1]) {
		t.Fatal("a waiter could not give up")
	}
	up(t, b)
	b.take(nil)
	if ws[0].seq != 3 || ws[2].seq != 4 || ws[1].decided {
		t.Fatalf("got seqs %d, %d, %d", ws[0].seq, ws[1].seq, ws[2].seq)
	}
	if b.withdraw(ws[0]) {
		t.Fatal("an accepted message was withdrawn")
	}
}

func TestBookKeepsOnePlaceForTheDispatch(t *testing.T) {
	now := time.Unix(0, 0)
	b, _ := newTestBook(t, &now, nil)
	mustOffer(t, b, "1")
	mustOffer(t, b, "2")
	up(t, b)
	b.take(nil)
	mustOffer(t, b, "3")
	mustOffer(t, b, "4")
	b.receive(1, replies(true, 1, 2))
	d := &dispatch{}
	b.begin(d)
	// The buffer is full for callers, not for the dispatch.
	caller := newTestWaiter()
	b.offer([]byte("caller"), nil, caller)
	if seq, err := b.offer([]byte("5"), d, newTestWaiter()); seq != 5 || err != nil {
		t.Fatalf("first Send of a dispatch: got seq %d, %v", seq, err)
	}
	if _, err := b.offer([]byte("6"), d, newTestWaiter()); !errors.Is(err, protocol.ErrFull) {
		t.Fatalf("second Send of a dispatch: got %v, want ErrFull", err)
	}
	b.end()
	e := &dispatch{}
	b.begin(e)
	w := newTestWaiter()
	if seq, err := b.offer([]byte("6"), e, w); seq != 0 || err != nil {
		t.Fatalf("first Send of a dispatch, no room: got seq %d, %v, want that it waits", seq, err)
	}
	unheard := &dispatch{replied: false}
	if seq, err := b.offer([]byte("x"), unheard, newTestWaiter()); seq != 0 || !errors.Is(err, protocol.ErrFull) {
		t.Fatalf("first Send of a dispatch of no reply: got seq %d, %v, want ErrFull", seq, err)
	}
	b.take(nil)
	if w.seq != 6 || caller.decided {
		t.Fatalf("got seq %d for the dispatch, caller %+v", w.seq, caller)
	}
	if seq, err := b.offer([]byte("x"), d, nil); seq != 0 || !errors.Is(err, protocol.ErrFull) {
		t.Fatalf("a dispatch that has returned: got seq %d, %v, want ErrFull", seq, err)
	}
}

func TestBookDispatchThatReturnsGivesItsPlaceUp(t *testing.T) {
	now := time.Unix(0, 0)
	b, _ := newTestBook(t, &now, nil)
	d := &dispatch{replied: true}
	b.dispatch = d
	for range 3 {
		d.sent = false
		b.offer([]byte("x"), d, newTestWaiter())
	}
	d.sent = false
	w := newTestWaiter()
	b.offer([]byte("w"), d, w)
	if b.inner != w {
		t.Fatal("the first Send of a dispatch does not wait")
	}
	b.end()
	if b.inner != nil || b.outer.first != w {
		t.Fatal("a Send that outlives its dispatch still holds the place of dispatches")
	}
}

func TestBookCloseRefusesTheDispatchThatWaits(t *testing.T) {
	now := time.Unix(0, 0)
	b, _ := newTestBook(t, &now, nil)
	d := &dispatch{replied: true}
	b.dispatch = d
	w := newTestWaiter()
	for b.inner == nil { // until the buffer and the place of the dispatch are taken
		d.sent = false
		b.offer([]byte("x"), d, w)
	}
	b.close()
	if !w.decided || len(w.ready) != 1 || !errors.Is(w.err, protocol.ErrClosed) {
		t.Fatalf("got %+v, want it refused and woken: %v", w, protocol.ErrClosed)
	}
	if b.inner != nil {
		t.Fatal("a refused Send still holds the place of the dispatch")
	}
}
