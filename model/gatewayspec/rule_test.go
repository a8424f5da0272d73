package gatewayspec

import (
	"testing"

	"github.com/weir-dev/weir/model"
)

// TestRefutedRules states rules as one might write them, and sees the spec
// refute them: what doc.go has decided instead is needed.
func TestRefutedRules(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Params)
		holds  func(m machine, s *State) bool
		steps  int
	}{
		// A host that is paused has more reservations than its mark: but one
		// whose abandoned attempts are at their cap has no free slot.
		{"rule-resume", func(p *Params) { p.Hosts, p.Requests, p.Cap, p.Cancels = 1, 1, 0, 1 }, func(m machine, s *State) bool {
			k := &s.Hosts[0]
			return !k.Attached || !k.Paused || int(k.Reserved) > m.Mark
		}, 4},
		// The queue holds its bound and the sum of the limits at most: but a
		// limit may have been lowered.
		{"rule-queue", func(p *Params) { p.Hosts, p.Waiting, p.Losses, p.Limits = 1, 1, 1, 1 }, func(m machine, s *State) bool {
			return int(s.Queue.N) <= m.Waiting+int(s.Hosts[0].Limit)
		}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := base("rule")
			c.change(&p)
			m := machine{Params: p}
			spec := m.spec()
			spec.Laws = []model.Law[State]{{Slug: c.name, Holds: func(s *State) bool { return c.holds(m, s) }}}
			v := check(t, spec).Violation
			if v == nil || len(v.Steps) != c.steps {
				t.Fatalf("got %v, want a story of %d steps", v, c.steps)
			}
			golden(t, c.name, v.String())
		})
	}
}
