package properties

import (
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// TestRemoteRest feeds what was seen at rest, lawful and not.
func TestRemoteRest(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		rest remoteRest
		law  string // that is broken, empty for none
	}{
		{name: "nothing"},
		{name: "callers wait for room", rest: remoteRest{sends: 1, stats: protocol.RemoteStats{InBuffer: 2}}},
		{name: "callers wait for dispatches", rest: remoteRest{sends: 1, stats: protocol.RemoteStats{Undispatched: 4}}},
		{name: "callers wait although there is room", rest: remoteRest{sends: 1, stats: protocol.RemoteStats{InBuffer: 1, Undispatched: 2}}, law: "remote/prompt"},
		{name: "a dispatcher that sends waits", rest: remoteRest{inner: 1, stats: protocol.RemoteStats{InBuffer: 3}}},
		{name: "a dispatcher that sends waits although there is room", rest: remoteRest{inner: 1, stats: protocol.RemoteStats{InBuffer: 2}}, law: "remote/prompt"},
		{name: "Close drains", rest: remoteRest{closes: 1, stats: protocol.RemoteStats{Accepted: 2, Resolved: 1}}},
		{name: "Close waits for dispatches", rest: remoteRest{closes: 1, dispatches: 1, stats: protocol.RemoteStats{Accepted: 1, Resolved: 1}}},
		{name: "Close waits for nothing", rest: remoteRest{closes: 1, stats: protocol.RemoteStats{Accepted: 1, Resolved: 1}}, law: "remote/prompt"},
		{name: "no slot is free", rest: remoteRest{stats: protocol.RemoteStats{InBuffer: 1, Online: true, Slots: 2}}},
		{name: "the peer takes no frame", rest: remoteRest{writing: true, stats: protocol.RemoteStats{InBuffer: 1, Online: true}}},
		{name: "a message waits for nothing", rest: remoteRest{stats: protocol.RemoteStats{InBuffer: 1, Online: true, Slots: 1}}, law: "remote/no-idle-wait"},
		{name: "slots that nobody holds", text: up + begun + "resolve seq=1 outcome=not-sent reason=ttl", rest: remoteRest{stats: protocol.RemoteStats{Accepted: 2, Resolved: 1, InBuffer: 1, Online: true, Slots: 2}}, law: "remote/no-idle-wait"},
		{name: "what has happened", text: up + begun + "send epoch=1 seq=1 value=1", rest: remoteRest{stats: protocol.RemoteStats{Accepted: 2, InFlight: 1, InBuffer: 1}}},
		{name: "one too few accepted", text: begun, rest: remoteRest{stats: protocol.RemoteStats{Accepted: 1, InBuffer: 1}}, law: "remote/conservation"},
		{name: "one in flight that is not", text: begun, rest: remoteRest{stats: protocol.RemoteStats{Accepted: 2, InBuffer: 1, InFlight: 1}}, law: "remote/conservation"},
		{name: "one resolved that is not", text: begun, rest: remoteRest{stats: protocol.RemoteStats{Accepted: 2, InBuffer: 1, Resolved: 1}}, law: "remote/conservation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newRemoteWitness(remoteTestBounds())
			for i, r := range parseRemoteHistory(t, c.text) {
				w.record(i, r)
			}
			w.rest(c.rest)
			var broken []string
			for _, v := range w.f.sorted() {
				broken = append(broken, v.Law)
			}
			if got := strings.Join(broken, " "); got != c.law {
				t.Errorf("broke %q, want %q", got, c.law)
			}
		})
	}
}

// TestRemoteWire feeds frames, lawful and not.
func TestRemoteWire(t *testing.T) {
	message := func(seqs ...uint64) *remotev1.PeerRequest {
		q := &remotev1.PeerRequest{}
		for _, seq := range seqs {
			q.Messages = append(q.Messages, &remotev1.Message{Seq: seq, Payload: make([]byte, 60)})
		}
		return q
	}
	replies := func(n int) *remotev1.PeerReply {
		r := &remotev1.PeerReply{}
		for range n {
			r.Replies = append(r.Replies, &remotev1.Reply{Seq: 1, Payload: make([]byte, 60)})
		}
		return r
	}
	for _, c := range []struct {
		name string
		do   func(w *remoteWire)
		law  string
	}{
		{"two frames", func(w *remoteWire) { w.up(1, message(1)); w.up(1, message(2)) }, ""},
		{"too many messages", func(w *remoteWire) { w.world.FrameBytes = 0; w.up(1, message(1, 2, 3)) }, "remote/frame"},
		{"too many bytes", func(w *remoteWire) { w.up(1, message(1, 2)) }, "remote/frame"},
		{"too many bytes of replies", func(w *remoteWire) { w.down(replies(2)) }, "remote/frame"},
		{"a large reply goes alone", func(w *remoteWire) { w.down(replies(1)) }, ""},
		{"sent twice", func(w *remoteWire) { w.up(1, message(1)); w.up(2, message(1)) }, "remote/honest-outcome"},
		{"on its way when its link was lost", func(w *remoteWire) { w.links = 2; w.dispatched(1); w.up(2, message(1)) }, ""},
		{"sent after its outcome", func(w *remoteWire) { w.dispatched(1); w.up(1, message(1)) }, "remote/one-outcome"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &remoteWire{rec: NewRecorder(0), world: &RemoteWorld{FrameMessages: 2, FrameBytes: 100}, load: &remoteLoad{}, f: newFindings(),
				sent: map[uint64]bool{}, told: map[uint64]int{}}
			c.do(w)
			var broken []string
			for _, v := range w.f.sorted() {
				broken = append(broken, v.Law)
			}
			want := []string{}
			if c.law != "" {
				want = append(want, c.law)
			}
			if !slices.Equal(broken, want) && len(broken)+len(want) > 0 {
				t.Errorf("broke %v, want %v", broken, want)
			}
		})
	}
}

// FailureOfRemote runs simulated cases in child processes, as the suite does,
// and returns what was found; false in the child itself.
func FailureOfRemote(t *testing.T, make func(*RemoteWorld) Remote, cases int) (*Failure, bool) {
	t.Helper()
	set := toySettings(t)
	set.cases[Simulated] = cases
	set.shrink = false
	_, r, ok := runToy(t, toyRemoteSuite(make), set)
	return r.failure, ok
}
