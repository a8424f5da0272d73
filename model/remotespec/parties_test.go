package remotespec

import (
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

// Every action has its place in a diagram.
func TestParties(t *testing.T) {
	for a, p := range acts {
		if p.actor == "" {
			t.Errorf("nobody takes the step %s in a diagram", actionNames[a])
		}
		if p.actor == p.other {
			t.Errorf("%s is of %s and concerns %s: want the other empty", actionNames[a], p.actor, p.other)
		}
	}
	sp := Spec(Small())
	if a, b := sp.Parties(nil, model.Label{Action: HandleBegin}, nil); a != thePeer || b != theHandler {
		t.Errorf("got a handler begun by %q for %q", a, b)
	}
	p := Small()
	p.Variant = R20
	got := check(t, Spec(p)).Violation.Mermaid()
	for _, want := range []string{"participant p0 as caller\n", "p0->>p1: accept(m1)\n", "p1->>p2: connect(e1)\n", "p2->>p1: refuse(e1)\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant it to say %q", got, want)
		}
	}
}
