package replay_test

import (
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

func runOf(t testing.TB, p toy) replay.Run {
	return func(c schedule.Chooser) bool { return play(t, c, p) }
}

// Whatever a toy's bug needs is saved, and brings it back: by the choices, and
// by the constraints alone.
func TestReplay(t *testing.T) {
	for _, p := range toys {
		t.Run(p.name, func(t *testing.T) {
			for seed := range uint64(3) {
				saved, d, err := replay.Derive(small(t, p, seed+1), runOf(t, p), replay.Effort{})
				if err != nil {
					t.Fatal(err)
				}
				saved.Verdict, saved.Facts = "wrong", []replay.Fact{{Name: "toy", Value: p.name + " of  some"}, {Name: "seed", Value: "3"}}
				t.Logf("%+v\n%s", d, saved)
				if r := saved.Replay(runOf(t, p)); r.How != replay.Exact {
					t.Errorf("by the choices: %v", r)
				}
				back, err := replay.Parse(saved.String())
				if err != nil {
					t.Fatal(err)
				}
				if back.String() != saved.String() {
					t.Errorf("got\n%s\nwant\n%s", back, saved)
				}
				if got := back.Fact("toy"); got != p.name+" of some" || back.Fact("toys") != "" {
					t.Errorf("the fact about the toy is %q", got)
				}
				back.Choices = nil
				if r := back.Replay(runOf(t, p)); r.How != replay.Reproduced && len(back.Orders) > 0 {
					t.Errorf("by the constraints: %v", r)
				}
			}
		})
	}
}
