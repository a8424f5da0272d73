package gatewayspec

import (
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

// Every action has its place in a diagram, and a step that concerns a host says
// which.
func TestParties(t *testing.T) {
	for a, p := range acts {
		if p.actor == "" {
			t.Errorf("nobody takes the step %s in a diagram", actionNames[a])
		}
		if p.actor == p.other {
			t.Errorf("%s is of %s and concerns %s: want the other empty", actionNames[a], p.actor, p.other)
		}
		actor, other := parties(nil, model.Label{Action: model.Action(a)}, nil)
		if actor == theHost || other == theHost {
			t.Errorf("%s concerns a host, and its arguments %q do not say which", actionNames[a], argNames[a])
		}
	}
	sp := Spec(small())
	sent := model.Label{Action: Sent, N: 2, Args: [model.MaxArgs]int16{2, 1}}
	if a, b := sp.Parties(nil, sent, nil); a != theGateway || b != "h2" {
		t.Errorf("got a request sent from %q to %q, want it from the Gateway to h2", a, b)
	}
	p := small()
	p.Variant = G01
	got := check(t, Only(Spec(p), "gateway/count")).Violation.Mermaid()
	for _, want := range []string{"participant p0 as caller\n", "p0->>p1: enqueue(r1)\n", "Note over p1: reassign(r1, h1, h2)\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant it to say %q", got, want)
		}
	}
}
