package properties

import (
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
	"github.com/weir-dev/weir/protocol"
)

// reading is a read of the counts of h1 and h2 while the history grew from
// from records to at.
func reading(from, at, h1, h2 int) gatewaySnapshot {
	return gatewaySnapshot{from: from, at: at, stats: protocol.GatewayStats{Hosts: []protocol.HostStats{{Host: "h1", Reserved: h1}, {Host: "h2", Reserved: h2}}}}
}

func TestLedgerHistory(t *testing.T) {
	const reserved = `
		attach host=h1 epoch=1 value=1
		attach host=h2 epoch=2 value=1
		reserve seq=1 attempt=1 host=h1 epoch=1
	`
	for _, test := range []struct {
		name, text string
		reads      []gatewaySnapshot
		want       porcupine.CheckResult
	}{
		{name: "nothing", want: porcupine.Ok},
		{name: "one after the other", text: reserved + `
			release seq=1 attempt=1 host=h1 epoch=1 reason=reply
			reserve seq=2 attempt=2 host=h1 epoch=1`, want: porcupine.Ok},
		{name: "above the limit", text: reserved + `reserve seq=2 attempt=2 host=h1 epoch=1`, want: porcupine.Illegal},
		{name: "a raised limit", text: reserved + `
			limit host=h1 epoch=1 value=2
			reserve seq=2 attempt=2 host=h1 epoch=1`, want: porcupine.Ok},
		{name: "the limit of an attachment that is gone", text: reserved + `
			limit host=h1 epoch=9 value=2
			reserve seq=2 attempt=2 host=h1 epoch=1`, want: porcupine.Illegal},
		{name: "released twice", text: reserved + `
			release seq=1 attempt=1 host=h1 epoch=1 reason=reply
			release seq=1 attempt=1 host=h1 epoch=1 reason=cancel`, want: porcupine.Illegal},
		{name: "an attempt of the same number", text: reserved + `
			release seq=1 attempt=1 host=h1 epoch=1 reason=reply
			reserve seq=2 attempt=1 host=h1 epoch=1`, want: porcupine.Illegal},
		{name: "reassign", text: reserved + `
			release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
			reserve seq=1 attempt=2 host=h2 epoch=2`, reads: []gatewaySnapshot{reading(3, 3, 1, 0), reading(3, 4, 1, 0), reading(4, 5, 0, 1), reading(5, 5, 0, 1)}, want: porcupine.Ok},
		{name: "reassign in two steps", text: reserved + `
			release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
			limit host=h1 epoch=1 value=1
			reserve seq=1 attempt=2 host=h2 epoch=2`, want: porcupine.Ok},
		{name: "reassign to the same host", text: reserved + `
			release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
			reserve seq=1 attempt=2 host=h1 epoch=1`, want: porcupine.Illegal},
		{name: "detach, releases after", text: reserved + `
			detach host=h1 epoch=1
			release seq=1 attempt=1 host=h1 epoch=1 reason=detach
			attach host=h1 epoch=3 value=1
			reserve seq=1 attempt=2 host=h1 epoch=3`, reads: []gatewaySnapshot{reading(3, 5, 0, 0), reading(3, 5, 1, 0), reading(5, 5, 0, 0)}, want: porcupine.Ok},
		{name: "detach, releases before", text: reserved + `
			release seq=1 attempt=1 host=h1 epoch=1 reason=detach
			detach host=h1 epoch=1`, want: porcupine.Ok},
		{name: "detach without its releases", text: reserved + `detach host=h1 epoch=1`, want: porcupine.Illegal},
		{name: "superseded", text: reserved + `
			attach host=h1 epoch=3 value=1
			detach host=h1 epoch=1
			release seq=1 attempt=1 host=h1 epoch=1 reason=detach
			reserve seq=1 attempt=2 host=h1 epoch=3`, reads: []gatewaySnapshot{reading(7, 7, 1, 0)}, want: porcupine.Ok},
		{name: "superseded without its releases", text: reserved + `
			attach host=h1 epoch=3 value=1
			detach host=h1 epoch=1
			reserve seq=1 attempt=2 host=h1 epoch=3`, want: porcupine.Illegal},
		{name: "read while it is reserved", text: reserved, reads: []gatewaySnapshot{reading(2, 3, 1, 0), reading(2, 3, 0, 0)}, want: porcupine.Ok},
		{name: "read before it is reserved", text: reserved, reads: []gatewaySnapshot{reading(2, 2, 1, 0)}, want: porcupine.Illegal},
		{name: "read after it was reserved", text: reserved, reads: []gatewaySnapshot{reading(3, 3, 0, 0)}, want: porcupine.Illegal},
		{name: "read back and forth", text: reserved + `
			release seq=1 attempt=1 host=h1 epoch=1 reason=reply`, reads: []gatewaySnapshot{reading(2, 4, 1, 0), reading(4, 4, 0, 0)}, want: porcupine.Ok},
		{name: "two counts of one instant", text: reserved, reads: []gatewaySnapshot{reading(3, 3, 1, 1)}, want: porcupine.Illegal},
	} {
		t.Run(test.name, func(t *testing.T) {
			history := ledgerHistory(parseHistory(t, test.text), test.reads)
			if got := linear.Check(t.Context(), linear.Ledger(), history); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
				for _, op := range history {
					t.Logf("%d-%d %s", op.Call, op.Return, linear.Ledger().DescribeOperation(op.Input, op.Output))
				}
			}
		})
	}
}

// What the laws take, the ledger takes too, whatever the order within a step.
func TestLedgerHistoryOfLawful(t *testing.T) {
	for _, c := range gatewayLawful {
		history := ledgerHistory(parseHistory(t, c.text), nil)
		if got := linear.Check(t.Context(), linear.Ledger(), history); got != porcupine.Ok {
			t.Errorf("%s: got %s, want Ok", c.name, got)
			for _, op := range history {
				t.Logf("%d-%d %s", op.Call, op.Return, linear.Ledger().DescribeOperation(op.Input, op.Output))
			}
		}
	}
}

// What is found is told in one line, by the fewest steps, and drawn; what could
// not be judged is no success.
func TestJudgeLedger(t *testing.T) {
	gc := &gatewayCase{out: &outcome{}}
	f := newFindings()
	gc.judgeLedger(f, parseHistory(t, `
		attach host=h1 epoch=1 value=1
		attach host=h2 epoch=2 value=1
		reserve seq=1 attempt=1 host=h2 epoch=2
		reserve seq=2 attempt=2 host=h1 epoch=1
		reserve seq=3 attempt=3 host=h1 epoch=1
		release seq=1 attempt=1 host=h2 epoch=2 reason=reply`))
	const want = "no order is right for attach(h1, limit 1) | reserve(h1) -> #2 | reserve(h1) -> #3"
	if len(f.violations) != 1 || f.violations[0].Observed != want || f.violations[0].Law != "gateway/linearizable" {
		t.Errorf("got %+v, want %q", f.violations, want)
	}
	if page, err := gc.out.picture(); err != nil || !strings.Contains(string(page), "the ledger would have said refused") {
		t.Errorf("picture: %v, %d bytes", err, len(page))
	}
	f = newFindings()
	gc.out.judgeLinear(f, "gateway/linearizable", 0, linear.Verdict{Result: porcupine.Unknown})
	if len(f.violations) != 1 || !strings.Contains(f.violations[0].Observed, "could not decide") {
		t.Errorf("undecided: got %+v, want a breach that says so", f.violations)
	}
}
