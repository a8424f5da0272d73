package properties

import (
	"slices"
	"testing"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// at is a record of an event.
func at(d time.Duration, e protocol.Event) Record { return Record{At: d, Event: e} }

func TestStory(t *testing.T) {
	gateway := func(kind protocol.Kind, e protocol.Event) protocol.Event {
		e.Kind, e.Party, e.Digest = kind, "gateway", 0xd1
		return e
	}
	first := protocol.Event{Seq: 1, Attempt: 1, Host: "h1", Epoch: 1}
	second := protocol.Event{Seq: 1, Attempt: 2, Host: "h2", Epoch: 2}
	moved := first
	moved.Reason = protocol.Reassigned
	records := []Record{
		{Observed: Observation{Kind: DoCall, ID: 1, Party: "gateway"}},
		at(0, gateway(protocol.KindEnqueue, protocol.Event{Seq: 1})),
		at(0, gateway(protocol.KindAttach, protocol.Event{Host: "h1", Epoch: 1, Value: 1})),
		at(0, gateway(protocol.KindReserve, first)),
		at(0, gateway(protocol.KindPause, protocol.Event{Host: "h1", Epoch: 1})),
		at(0, protocol.Event{Kind: protocol.KindHandleBegin, Party: "h1", Attempt: 1}),
		at(time.Second, gateway(protocol.KindRelease, moved)),
		at(time.Second, gateway(protocol.KindReserve, second)),
		at(time.Second, gateway(protocol.KindCancel, first)),
		at(time.Second, gateway(protocol.KindResume, protocol.Event{Host: "h1", Epoch: 1})),
		at(2*time.Second, gateway(protocol.KindDone, protocol.Event{Seq: 1, Outcome: protocol.Replied, Reason: protocol.ByReply})),
	}
	opening := []string{
		"0s       enqueue request 1",
		"0s       attach h1 as attachment 1 with limit 1",
		"0s       reserve attempt 1 of request 1 at h1, pause h1",
	}
	for _, c := range []struct {
		name    string
		records []Record
		at      int
		want    []string
	}{
		{"a step is a line", records, len(records), append(slices.Clone(opening),
			"1s       release attempt 1 at h1 (reassign), reserve attempt 2 of request 1 at h2, resume h1",
			"2s       done request 1 replied (reply)")},
		{"it ends where the law broke", records, 4, append(slices.Clone(opening[:2]), opening[2]+"   <- here")},
		{"what broke the law is told", records, 5, append(slices.Clone(opening), "0s       h1 handle-begin attempt 1   <- here")},
		{"observations tell it where no events do", records[:1], 1, []string{"0s       do call at gateway m1"}},
		{"nothing to tell", nil, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := story(c.records, Violation{At: c.at}); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
