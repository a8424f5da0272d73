package protocol_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/protocol"
	"pgregory.net/rapid"
)

// everyField is an event with all of its fields, and their names in the order
// of the text form.
var (
	everyField = protocol.Event{
		Kind: protocol.KindDone, Party: "gateway", Epoch: 2, Seq: 3, Attempt: 4, Host: "h1",
		Outcome: protocol.Failed, Reason: protocol.HostLost, Digest: 0xfeed, Value: -5,
	}
	fieldNames = []string{"party", "epoch", "seq", "attempt", "host", "outcome", "reason", "digest", "value"}
)

func TestEventText(t *testing.T) {
	for _, tt := range []struct {
		text  string
		event protocol.Event
	}{
		{"close-end", protocol.Event{Kind: protocol.KindCloseEnd}},
		{"send party=remote epoch=2 seq=17 value=1",
			protocol.Event{Kind: protocol.KindSend, Party: "remote", Epoch: 2, Seq: 17, Value: 1}},
		{"resolve party=remote seq=1 outcome=not-sent reason=ttl",
			protocol.Event{Kind: protocol.KindResolve, Party: "remote", Seq: 1, Outcome: protocol.NotSent, Reason: protocol.TimeToLive}},
		{"done party=gateway epoch=2 seq=3 attempt=4 host=h1 outcome=failed reason=host-lost digest=feed value=-5", everyField},
		{`attach host="h 1" value=3`, protocol.Event{Kind: protocol.KindAttach, Host: "h 1", Value: 3}},
		{`attach epoch=18446744073709551615 host="\"=\\"`,
			protocol.Event{Kind: protocol.KindAttach, Host: `"=\`, Epoch: 1<<64 - 1}},
		{`attach host="\xff\n" digest=ffffffffffffffff`,
			protocol.Event{Kind: protocol.KindAttach, Host: "\xff\n", Digest: 1<<64 - 1}},
	} {
		if got := tt.event.String(); got != tt.text {
			t.Errorf("text of %#v:\n got %s\nwant %s", tt.event, got, tt.text)
		}
		got, err := protocol.ParseEvent(tt.text)
		if err != nil || got != tt.event {
			t.Errorf("ParseEvent(%q):\n got %#v, %v\nwant %#v", tt.text, got, err, tt.event)
		}
	}
}

func TestEventRoundTrip(t *testing.T) {
	kinds := protocol.Kinds()
	rapid.Check(t, func(t *rapid.T) {
		want := protocol.Event{
			Kind:    kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, "kind")].Kind,
			Party:   rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "remote", "peer"})).Draw(t, "party"),
			Epoch:   rapid.Uint64().Draw(t, "epoch"),
			Seq:     rapid.Uint64().Draw(t, "seq"),
			Attempt: rapid.Uint64().Draw(t, "attempt"),
			Host:    string(rapid.SliceOf(rapid.Byte()).Draw(t, "host")),
			Outcome: protocol.Outcome(rapid.IntRange(0, int(protocol.Failed)).Draw(t, "outcome")),
			Reason:  protocol.Reason(rapid.IntRange(0, protocol.ReasonCount-1).Draw(t, "reason")),
			Digest:  rapid.Uint64().Draw(t, "digest"),
			Value:   rapid.Int64().Draw(t, "value"),
		}
		got, err := protocol.ParseEvent(want.String())
		if err != nil {
			t.Fatalf("ParseEvent(%q): %v", want, err)
		}
		if got != want {
			t.Fatalf("ParseEvent(%q):\n got %#v\nwant %#v", want, got, want)
		}
	})
}

func TestParseEventRefuses(t *testing.T) {
	for _, tt := range []struct{ text, complaint string }{
		{"", `kind "" is unknown`},
		{"kind(0)", `kind "kind(0)" is unknown`},
		{"sned seq=1", `kind "sned" is unknown`},
		{"Send seq=1", `kind "Send" is unknown`},
		{"send\tseq=1", `is unknown`},
		{"send seq", `field "seq" has no value`},
		{"send sequence=1", `field "sequence" is unknown`},
		{"send  seq=1", `field " seq" is unknown`},
		{"send seq=1 seq=1", `field "seq" appears twice`},
		{"send seq=-1", `field seq="-1" is malformed`},
		{"send seq=18446744073709551616", `field seq="18446744073709551616" is malformed`},
		{"send value=9223372036854775808", `is malformed`},
		{"send digest=0xfeed", `field digest="0xfeed" is malformed`},
		{"send outcome=maybe", `outcome "maybe" is unknown`},
		{"send outcome=", `outcome "" is unknown`},
		{"send reason=because", `reason "because" is unknown`},
		{`send party="a`, `field "party" has a broken quotation`},
		{`send party="a"b`, `field "party" is not followed by a space`},
		{`send party="\q"`, `field "party" has a broken quotation`},
	} {
		e, err := protocol.ParseEvent(tt.text)
		if !errors.Is(err, protocol.ErrEvent) {
			t.Errorf("ParseEvent(%q) = %v, %v, want ErrEvent", tt.text, e, err)
			continue
		}
		if !strings.Contains(err.Error(), tt.complaint) {
			t.Errorf("ParseEvent(%q):\n got error %v\nwant it to say %s", tt.text, err, tt.complaint)
		}
		if e != (protocol.Event{}) {
			t.Errorf("ParseEvent(%q) = %#v with an error, want the zero event", tt.text, e)
		}
	}
}

func TestKinds(t *testing.T) {
	parties := []string{"remote", "peer", "gateway", "host"}
	names := make(map[string]bool)
	kinds := protocol.Kinds()
	for i, k := range kinds {
		if int(k.Kind) != i+1 {
			t.Errorf("kind %d of the table is %d, want the constants in their order", i, k.Kind)
		}
		if k.Name != k.Kind.String() {
			t.Errorf("kind %d is named %q, its text form is %q", k.Kind, k.Name, k.Kind)
		}
		if names[k.Name] {
			t.Errorf("kind %q appears twice", k.Name)
		}
		names[k.Name] = true
		if k.Name == "" || strings.ContainsAny(k.Name, " =\"\\") {
			t.Errorf("kind %d has name %q, want a plain word", k.Kind, k.Name)
		}
		if len(k.Parties) == 0 || k.Doc == "" {
			t.Errorf("kind %s has parties %q and doc %q, want both", k.Name, k.Parties, k.Doc)
		}
		for _, p := range k.Parties {
			if !slices.Contains(parties, p) {
				t.Errorf("kind %s is emitted by %q, want one of %q", k.Name, p, parties)
			}
		}
		for _, f := range k.Fields {
			if f == "party" || !slices.Contains(fieldNames, f) {
				t.Errorf("kind %s carries %q, want one of %q, without party, which all carry", k.Name, f, fieldNames)
			}
		}
		if slices.Contains(k.Fields, "value") != strings.Contains(strings.ToLower(k.Doc), "value") {
			t.Errorf("kind %s: its doc says %q, its fields are %q: want both to tell of value or neither", k.Name, k.Doc, k.Fields)
		}
		if got, err := protocol.ParseEvent(k.Name); err != nil || got.Kind != k.Kind {
			t.Errorf("ParseEvent(%q) = %v, %v, want the kind", k.Name, got, err)
		}
	}
	if next := protocol.Kind(len(kinds) + 1).String(); !strings.HasPrefix(next, "kind(") {
		t.Errorf("the kind after the last one of the table is called %q: the table is not complete", next)
	}
	kinds[0].Name = "changed"
	if protocol.Kinds()[0].Name == "changed" {
		t.Error("a caller of Kinds can change the table")
	}
}

func TestDigest(t *testing.T) {
	// The reference values are those of the algorithm's authors:
	// http://www.isthe.com/chongo/tech/comp/fnv/.
	for _, tt := range []struct {
		payload string
		want    uint64
	}{
		{"", 0xcbf29ce484222325},
		{"a", 0xaf63dc4c8601ec8c},
		{"foobar", 0x85944171f73967e8},
		// FNV-1a of these bytes is zero, which means that there is none.
		{"\xd5\x6b\xb9\x53\x42\x87\x08\x36", 1},
	} {
		if got := protocol.Digest([]byte(tt.payload)); got != tt.want {
			t.Errorf("Digest(%q) = %#x, want %#x", tt.payload, got, tt.want)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add(everyField.String())
	f.Add(`attach host="h \xff" value=-1`)
	f.Add("send seq=1 seq=1")
	for _, k := range protocol.Kinds() {
		f.Add(k.Name + " seq=1")
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := protocol.ParseEvent(text)
		if err != nil {
			if !errors.Is(err, protocol.ErrEvent) {
				t.Fatalf("ParseEvent(%q): got error %v, want one that wraps ErrEvent", text, err)
			}
			return
		}
		again, err := protocol.ParseEvent(e.String())
		if err != nil || again != e {
			t.Fatalf("ParseEvent(%q) prints as %q, which parses as %#v, %v", text, e, again, err)
		}
	})
}
