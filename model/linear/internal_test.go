package linear

import (
	"testing"

	"github.com/anishathalye/porcupine"
)

// What could not be judged for what was left is not called illegal, nor legal
// without saying so.
func TestPurse(t *testing.T) {
	o := Ledger()
	var history []porcupine.Operation
	for i := range int64(5) {
		history = append(history, porcupine.Operation{Input: LedgerOp{Do: Count, Host: 1}, Call: 0, Return: i + 1, Output: LedgerResult{N: 1}})
	}
	p := purse{ctx: t.Context(), steps: 100}
	if !p.illegal(&o, history, 50) || p.unsure || p.steps == 100 {
		t.Errorf("with enough: got %+v, want illegal, sure, and something spent", p)
	}
	p = purse{ctx: t.Context(), steps: 100}
	if p.illegal(&o, history, 2) || !p.unsure {
		t.Errorf("with too little for one: got %+v, want unsure", p)
	}
	p = purse{ctx: t.Context()}
	if p.illegal(&o, history, 50) || !p.unsure {
		t.Errorf("with nothing: got %+v, want unsure", p)
	}
}

func TestGivenIDs(t *testing.T) {
	set := func(ids ...uint64) *givenIDs {
		var g *givenIDs
		for _, id := range ids {
			g = g.with(id)
		}
		return g
	}
	a, b, c := set(1, 2, 3), set(3, 1, 2), set(1, 2, 4)
	c.sum = a.sum // as if the hashes collided
	if !a.equal(b) || a.equal(c) || a.equal(set(1, 2)) || a.equal(nil) || !a.has(2) || a.has(4) {
		t.Error("sets of IDs are compared wrongly")
	}
	if x, y := (&ledgerState{given: a}), (&ledgerState{given: set(1, 2, 4)}); x.equal(y) || !x.equal(&ledgerState{given: b}) {
		t.Error("ledgers that gave other IDs are equal")
	}
}
