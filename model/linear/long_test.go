package linear_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
)

// longLedger is a legal history of n operations at eight hosts that have
// little to do with each other.
func longLedger(n int) []porcupine.Operation {
	var history []porcupine.Operation
	for h := range 8 {
		rng := rand.New(rand.NewPCG(uint64(h), 14))
		for _, op := range randomLedger(rng, newBooks(-1, -1), n/8, 35) {
			in, out := op.Input.(linear.LedgerOp), op.Output.(linear.LedgerResult)
			in.Host += 10 * h
			in.ID, out.ID = in.ID+uint64(h)<<32, out.ID+uint64(h)<<32
			op.Input, op.Output, op.ClientId = in, out, h
			history = append(history, op)
		}
	}
	return history
}

// Ten thousand operations are judged in seconds, and of an illegal history the
// few that are wrong are found in seconds too.
func TestTenThousandOperations(t *testing.T) {
	n := 10_000
	if testing.Short() || race {
		n = 2_000
	}
	history := longLedger(n)
	start := time.Now()
	if got := linear.Check(t.Context(), linear.Ledger(), history); got != porcupine.Ok {
		t.Fatalf("got %s, want Ok", got)
	}
	t.Logf("legal: %v", time.Since(start))
	for i := n / 10; i < len(history); i++ {
		op := &history[i]
		if in, out := op.Input.(linear.LedgerOp), op.Output.(linear.LedgerResult); in.Do == linear.Count && out.N > 0 {
			out.N += 2
			op.Output = out
			break
		}
	}
	start = time.Now()
	v := linear.Judge(t.Context(), linear.Ledger(), history)
	t.Logf("illegal: %v\n%s", time.Since(start), v)
	if v.Result != porcupine.Illegal || v.Least == linear.CutShort || len(v.Minimal) > 12 {
		t.Errorf("got %d operations, %d: want at most 12, none to spare", len(v.Minimal), v.Least)
	}
	noneToSpare(t, linear.Ledger(), v.Minimal)
}
