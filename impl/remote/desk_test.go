package remote

import (
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

func newTestDesk(change func(*PeerConfig)) (*desk, *recorder) {
	rec := &recorder{}
	c := PeerConfig{Sessions: 2, Queue: 3, MessageBytes: 1 << 20, FrameMessages: 2, FrameBytes: 1 << 10, Tracer: rec,
		Rand: func() uint64 { return 7 }}
	if change != nil {
		change(&c)
	}
	return newDesk(c), rec
}

// greet opens an inlet and says hello.
func greet(t *testing.T, k *desk, id string, epoch uint64) *inlet {
	t.Helper()
	x := &inlet{}
	if err := k.open(x); err != nil {
		t.Fatal(err)
	}
	err := k.hello(x, &remotev1.Hello{RemoteId: id, Epoch: epoch, Delivery: remotev1.Delivery_DELIVERY_AT_MOST_ONCE})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func enqueue(k *desk, x *inlet, seqs ...uint64) {
	for _, s := range seqs {
		k.enqueue(x, &remotev1.Message{Seq: s})
	}
}

func TestDeskHandlesOneAtATime(t *testing.T) {
	k, rec := newTestDesk(nil)
	old := greet(t, k, "a", 1)
	enqueue(k, old, 1, 2)
	if !k.beginnable(old) || k.begin(old).Seq != 1 || k.beginnable(old) {
		t.Fatal("one message is to be handled, and only one")
	}
	x := greet(t, k, "a", 2)
	enqueue(k, x, 3)
	if k.beginnable(x) {
		t.Fatal("a message begins while the handler of the older link runs")
	}
	k.end(old, &remotev1.Reply{Seq: 1})
	if old.replies.n != 0 || old.queue.n != 0 {
		t.Fatalf("a superseded link holds %d replies and %d messages, want none", old.replies.n, old.queue.n)
	}
	if !k.beginnable(x) || k.begin(x).Seq != 3 {
		t.Fatal("the newest link has its turn now")
	}
	k.down(old, protocol.LinkLost, nil) // the old reader notices too
	if x.session.link != x {
		t.Fatal("the end of an old link took the newest one with it")
	}
	want := []string{
		"hello epoch=1", "handle-begin epoch=1 seq=1", "link-down epoch=1 reason=superseded", "hello epoch=2",
		"handle-end epoch=1 seq=1", "handle-begin epoch=2 seq=3",
	}
	if got := rec.take(); !slices.Equal(got, want) {
		t.Fatalf("got events\n%q, want\n%q", got, want)
	}
}

func TestDeskEndOfASessionWithASuccessor(t *testing.T) {
	// The old link ends after its reader was told, while the newest is another.
	k, _ := newTestDesk(nil)
	old := greet(t, k, "a", 1)
	x := greet(t, k, "a", 2)
	old.open = true // as if it had not ended: only the newest may end the session's link
	old.place = k.links.PushBack(old)
	k.down(old, protocol.LinkLost, nil)
	if x.session.link != x || k.idle.Len() != 0 {
		t.Fatal("the end of an old link is not the end of the newest")
	}
}

func TestDeskForgetsOnlyWhatIsIdle(t *testing.T) {
	k, _ := newTestDesk(nil)
	hello := func(id string) error {
		x := &inlet{}
		if err := k.open(x); err != nil {
			t.Fatal(err)
		}
		err := k.hello(x, &remotev1.Hello{RemoteId: id, Epoch: 1, Delivery: remotev1.Delivery_DELIVERY_AT_MOST_ONCE})
		if err != nil {
			k.down(x, protocol.Invalid, err)
		}
		return err
	}
	a, b := greet(t, k, "a", 1), greet(t, k, "b", 1)
	enqueue(k, a, 1)
	k.begin(a)
	k.down(a, protocol.LinkLost, nil)
	if err := hello("c"); status.Code(err) != codes.ResourceExhausted {
		t.Fatalf("got %v: a session with a running handler is in use", err)
	}
	k.end(a, &remotev1.Reply{Seq: 1})
	if k.idle.Len() != 1 {
		t.Fatal("a session without link and handler is not idle")
	}
	// It comes back and is not idle any more.
	a = greet(t, k, "a", 2)
	if k.idle.Len() != 0 {
		t.Fatal("a session with a link is idle")
	}
	if err := hello("c"); status.Code(err) != codes.ResourceExhausted {
		t.Fatalf("got %v: both sessions have a link", err)
	}
	k.down(b, protocol.LinkLost, nil)
	k.down(a, protocol.LinkLost, nil)
	if err := hello("c"); err != nil {
		t.Fatal(err)
	}
	if k.sessions[sessionKey{id: "b"}] != nil || k.sessions[sessionKey{id: "a"}] == nil || len(k.sessions) != 2 {
		t.Fatal("want that b, which was idle for longest, is forgotten")
	}
	if s := k.snapshot(); s.Sessions != 2 || s.Links != 1 || k.greeting != 0 {
		t.Fatalf("got %+v, %d without hello", s, k.greeting)
	}
}

func TestDeskFramesKeepTheirBounds(t *testing.T) {
	k, _ := newTestDesk(func(c *PeerConfig) { c.Queue = 100; c.FrameBytes = 1 << 20 })
	x := greet(t, k, "a", 1)
	for i, n := range []int{1, 1, 1, 600, 600, 5000, 1} {
		seq := uint64(i + 1)
		enqueue(k, x, seq)
		k.begin(x)
		k.end(x, &remotev1.Reply{Seq: seq, Payload: make([]byte, n)})
	}
	k.config.FrameBytes = 1 << 10
	var got []int
	first := true
	for k.sendable(x) {
		f := k.take(x)
		if (f.Welcome != nil) != first {
			t.Fatalf("frame %d: welcome is %v", len(got)+1, f.Welcome)
		}
		first = false
		got = append(got, len(f.Replies))
	}
	if want := []int{2, 2, 1, 1, 1}; !slices.Equal(got, want) || x.replyBytes != 0 {
		t.Fatalf("got frames of %v replies, %d bytes left, want %v and none", got, x.replyBytes, want)
	}
}

func TestDeskBoundsItsQueues(t *testing.T) {
	k, _ := newTestDesk(nil)
	x := greet(t, k, "a", 1)
	enqueue(k, x, 1, 2)
	if !k.queueRoom(x) {
		t.Fatal("no room with 2 of 3")
	}
	enqueue(k, x, 3)
	if k.queueRoom(x) {
		t.Fatal("room with 3 of 3")
	}
	for range 3 {
		m := k.begin(x)
		k.end(x, &remotev1.Reply{Seq: m.Seq})
	}
	enqueue(k, x, 4)
	if k.beginnable(x) {
		t.Fatal("a handler begins with 3 of 3 replies waiting")
	}
	k.take(x)
	if !k.beginnable(x) {
		t.Fatal("no handler begins with 1 of 3 replies waiting")
	}
	k.enqueue(x, &remotev1.Message{Seq: 5, Payload: make([]byte, 1<<10)})
	if k.queueRoom(x) {
		t.Fatal("room with 1024 of 1024 bytes")
	}
	k.begin(x)
	k.end(x, &remotev1.Reply{Seq: 4, Payload: make([]byte, 1<<10)})
	if k.beginnable(x) {
		t.Fatal("a handler begins with 1024 of 1024 bytes of replies waiting")
	}
}

func TestDeskFinishes(t *testing.T) {
	k, _ := newTestDesk(nil)
	x := greet(t, k, "a", 1)
	k.take(x)
	enqueue(k, x, 1)
	x.ended = true
	if k.finished(x) {
		t.Fatal("finished with a message in the queue")
	}
	k.begin(x)
	if k.finished(x) {
		t.Fatal("finished with a handler running")
	}
	k.end(x, &remotev1.Reply{Seq: 1})
	if k.finished(x) {
		t.Fatal("finished with a reply waiting")
	}
	k.take(x)
	if !k.finished(x) {
		t.Fatal("not finished with nothing left")
	}
	x.ended = false
	enqueue(k, x, 2)
	k.closing = true
	if !k.finished(x) || k.beginnable(x) {
		t.Fatal("a peer that closes still begins handlers")
	}
}

func TestDeskWelcomeSaysWhatWasHandledAtTheHello(t *testing.T) {
	k, rec := newTestDesk(nil)
	x := greet(t, k, "a", 1)
	enqueue(k, x, 1)
	k.begin(x)
	if f := k.take(x); f.Welcome.LastHandled != 0 || f.Welcome.MemoryId != 7 {
		t.Fatalf("got %v", f.Welcome)
	}
	k.ack(x, 1)
	k.ack(x, 1)
	k.ack(x, 0)
	want := []string{"hello epoch=1", "handle-begin epoch=1 seq=1", "welcome epoch=1", "ack epoch=1 value=1"}
	if got := rec.take(); !slices.Equal(got, want) {
		t.Fatalf("got events %q, want %q", got, want)
	}
}

func TestDeskCountsOnlyTheBytesThatWait(t *testing.T) {
	k, _ := newTestDesk(nil)
	x := greet(t, k, "a", 1)
	part := k.config.FrameBytes / 2
	for seq := uint64(1); seq <= 4; seq++ { // twice FrameBytes, never more than half of it at a time
		if !k.queueRoom(x) {
			t.Fatalf("seq %d: no room in an empty queue, %d bytes are counted", seq, x.queueBytes)
		}
		k.enqueue(x, &remotev1.Message{Seq: seq, Payload: make([]byte, part)})
		if x.queueBytes != part {
			t.Fatalf("seq %d: got %d bytes in the queue, want %d", seq, x.queueBytes, part)
		}
		k.begin(x)
		k.end(x, &remotev1.Reply{Seq: seq})
		k.take(x)
	}
}
