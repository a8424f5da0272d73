package linear_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
)

// span is one operation of a history: called at from, returned at to.
func span[I, O any](from, to int64, in I, out O) porcupine.Operation {
	return porcupine.Operation{ClientId: int(from % 4), Call: from, Return: to, Input: in, Output: out}
}

func attach(h, limit int) linear.LedgerOp {
	return linear.LedgerOp{Do: linear.Attach, Host: h, Limit: limit}
}
func reserve(h int) linear.LedgerOp     { return linear.LedgerOp{Do: linear.Reserve, Host: h} }
func release(id uint64) linear.LedgerOp { return linear.LedgerOp{Do: linear.Release, ID: id} }
func detach(h int) linear.LedgerOp      { return linear.LedgerOp{Do: linear.Detach, Host: h} }
func count(h int) linear.LedgerOp       { return linear.LedgerOp{Do: linear.Count, Host: h} }
func reassign(id uint64, h int) linear.LedgerOp {
	return linear.LedgerOp{Do: linear.Reassign, ID: id, Host: h}
}
func setLimit(h, limit int) linear.LedgerOp {
	return linear.LedgerOp{Do: linear.SetLimit, Host: h, Limit: limit}
}

func given(id uint64) linear.LedgerResult { return linear.LedgerResult{ID: id, OK: true} }
func number(n int) linear.LedgerResult    { return linear.LedgerResult{N: n} }

var (
	done    = linear.LedgerResult{OK: true}
	refused = linear.LedgerResult{}
)

// oneByOne gives each operation a time of its own.
func oneByOne[I, O any](pairs ...func() (I, O)) []porcupine.Operation {
	var h []porcupine.Operation
	for i, p := range pairs {
		in, out := p()
		h = append(h, span(int64(10*i), int64(10*i+5), in, out))
	}
	return h
}

func is(op linear.LedgerOp, r linear.LedgerResult) func() (linear.LedgerOp, linear.LedgerResult) {
	return func() (linear.LedgerOp, linear.LedgerResult) { return op, r }
}

func TestLedger(t *testing.T) {
	for _, c := range []struct {
		name    string
		history []porcupine.Operation
		want    porcupine.CheckResult
	}{
		{"reserve up to the limit", oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(reserve(1), refused), is(count(1), number(2)), is(release(1), done), is(reserve(1), given(3))), porcupine.Ok},
		{"one above the limit", oneByOne(is(attach(1, 1), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2))), porcupine.Illegal},
		{"refused with room", oneByOne(is(attach(1, 1), number(0)), is(reserve(1), refused)), porcupine.Illegal},
		{"host that never attached", oneByOne(is(reserve(1), refused), is(count(1), number(0)), is(detach(1), number(0)), is(setLimit(1, 4), refused)), porcupine.Ok},
		{"reserved at a host that never attached", oneByOne(is(reserve(1), given(1))), porcupine.Illegal},
		{"released twice", oneByOne(is(attach(1, 1), number(0)), is(reserve(1), given(1)), is(release(1), done), is(release(1), done)), porcupine.Illegal},
		{"second release refused", oneByOne(is(attach(1, 1), number(0)), is(reserve(1), given(1)), is(release(1), done), is(release(1), refused)), porcupine.Ok},
		{"released before it was given", oneByOne(is(attach(1, 1), number(0)), is(release(1), done), is(reserve(1), given(1))), porcupine.Illegal},
		{"released, but never given", oneByOne(is(release(9), done)), porcupine.Illegal},
		{"one ID given twice", oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(release(1), done), is(reserve(1), given(1))), porcupine.Illegal},
		{"one ID given at two hosts", oneByOne(is(attach(1, 1), number(0)), is(attach(2, 1), number(0)), is(reserve(1), given(1)), is(reserve(2), given(1))), porcupine.Illegal},
		{"reassign deducts", oneByOne(is(attach(1, 1), number(0)), is(attach(2, 1), number(0)), is(reserve(1), given(1)), is(reassign(1, 2), given(2)), is(count(1), number(0)), is(count(2), number(1)), is(release(1), refused), is(release(2), done)), porcupine.Ok},
		{"reassign without deduction", oneByOne(is(attach(1, 1), number(0)), is(attach(2, 1), number(0)), is(reserve(1), given(1)), is(reassign(1, 2), given(2)), is(count(1), number(1))), porcupine.Illegal},
		{"late reply deducts again", oneByOne(is(attach(1, 2), number(0)), is(attach(2, 1), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(reassign(1, 2), given(3)), is(release(1), done)), porcupine.Illegal},
		{"reassign to a full host", oneByOne(is(attach(1, 1), number(0)), is(attach(2, 0), number(0)), is(reserve(1), given(1)), is(reassign(1, 2), refused), is(release(1), done)), porcupine.Ok},
		{"reassign to its own host", oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(reassign(1, 1), refused), is(count(1), number(1))), porcupine.Ok},
		{"detach releases", oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(detach(1), number(2)), is(release(1), refused), is(reserve(1), refused)), porcupine.Ok},
		{"detach forgets one", oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(detach(1), number(1))), porcupine.Illegal},
		{"attach supersedes", oneByOne(is(attach(1, 1), number(0)), is(reserve(1), given(1)), is(attach(1, 1), number(1)), is(release(1), refused), is(reserve(1), given(2))), porcupine.Ok},
		{"attach keeps what was there", oneByOne(is(attach(1, 1), number(0)), is(reserve(1), given(1)), is(attach(1, 1), number(0))), porcupine.Illegal},
		{"lowered limit drains", oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(setLimit(1, 1), refused), is(count(1), number(2)), is(release(1), done), is(reserve(1), refused), is(release(2), done), is(reserve(1), given(3))), porcupine.Ok},
		{"paused until raised", oneByOne(is(attach(1, 0), number(0)), is(reserve(1), refused), is(setLimit(1, 1), refused), is(reserve(1), given(1))), porcupine.Ok},
		{"negative limit", oneByOne(is(attach(1, -1), number(0))), porcupine.Illegal},

		{"both orders of overlapping calls", []porcupine.Operation{
			span(0, 1, attach(1, 1), number(0)),
			span(2, 9, reserve(1), refused),
			span(3, 8, reserve(1), given(1)),
			span(4, 7, count(1), number(0)),
			span(10, 20, release(1), done),
			span(11, 19, reserve(1), given(2)),
		}, porcupine.Ok},
		{"refused after the release had returned", []porcupine.Operation{
			span(0, 1, attach(1, 1), number(0)),
			span(2, 3, reserve(1), given(1)),
			span(4, 6, release(1), done),
			span(7, 9, reserve(1), refused),
			span(8, 10, count(1), number(0)),
		}, porcupine.Illegal},
		{"which of two was released shows later", []porcupine.Operation{
			span(0, 1, attach(1, 2), number(0)),
			span(2, 20, reserve(1), given(1)),
			span(3, 19, reserve(1), given(2)),
			span(4, 18, attach(1, 2), number(1)),
			span(21, 22, release(1), done),
			span(23, 24, release(2), refused),
		}, porcupine.Ok},
		{"two overlapping calls get the last place", []porcupine.Operation{
			span(0, 1, attach(1, 1), number(0)),
			span(2, 9, reserve(1), given(1)),
			span(3, 8, reserve(1), given(2)),
		}, porcupine.Illegal},
		{"a reassign is seen half done", []porcupine.Operation{
			span(0, 1, attach(1, 1), number(0)),
			span(2, 3, attach(2, 1), number(0)),
			span(4, 5, reserve(1), given(1)),
			span(6, 20, reassign(1, 2), given(2)),
			span(7, 8, count(2), number(1)),
			span(9, 10, count(1), number(1)),
		}, porcupine.Illegal},
	} {
		t.Run(c.name, func(t *testing.T) { judge(t, linear.Ledger(), c.history, c.want) })
	}
}

// judge checks the verdict, with and without partitions, and that a picture of
// it can be drawn.
func judge(t *testing.T, o linear.Object, history []porcupine.Operation, want porcupine.CheckResult) {
	t.Helper()
	v := linear.Judge(t.Context(), o, history)
	if v.Result != want {
		t.Errorf("got %s, want %s", v.Result, want)
	}
	if err := v.WriteHTML(io.Discard); (err == nil) != (want == porcupine.Illegal) || err != nil && !errors.Is(err, linear.ErrNoPicture) {
		t.Errorf("picture: %v", err)
	}
	o.Partition = nil
	if got := linear.Check(t.Context(), o, history); got != want {
		t.Errorf("without partitions: got %s, want %s", got, want)
	}
}

// Legal histories are accepted; when one answer is changed, the verdict is the
// same with partitions as without, and often illegal.
func TestLedgerRandomHistories(t *testing.T) {
	illegal := 0
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 2))
		history := randomLedger(rng, newBooks(-1, -1), 25, 35)
		judge(t, linear.Ledger(), history, porcupine.Ok)
		op := &history[rng.IntN(len(history))]
		r := op.Output.(linear.LedgerResult)
		r.OK, r.N, r.ID = !r.OK, r.N+1, uint64(rng.IntN(12))
		op.Output = r
		whole := linear.Ledger()
		whole.Partition = nil
		want := linear.Check(t.Context(), whole, history)
		judge(t, linear.Ledger(), history, want)
		if want == porcupine.Illegal {
			illegal++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if illegal < 75 {
		t.Errorf("%d of 150 changed histories are illegal: want most", illegal)
	}
}

// A long history of eight clients is judged at once.
func TestLedgerLongHistory(t *testing.T) {
	history := randomLedger(rand.New(rand.NewPCG(1, 3)), newBooks(-1, -1), 400, 40)
	if got := linear.Check(t.Context(), linear.Ledger(), history); got != porcupine.Ok {
		t.Errorf("got %s, want Ok", got)
	}
}

func TestDescriptions(t *testing.T) {
	o := linear.Ledger()
	m := o.ToModel()
	state := m.Init()
	_, state = m.Step(state, attach(1, 2), number(0))
	_, state = m.Step(state, reserve(1), given(7))
	if got := m.DescribeState(state); got != "{h1 [7] of 2}" {
		t.Errorf("got %q", got)
	}
	got := fmt.Sprint(m.DescribeOperation(reserve(1), given(7)), m.DescribeOperation(reassign(7, 2), refused), m.DescribeOperation(count(1), number(1)))
	if got != "reserve(h1) -> #7reassign(#7, h2) -> refusedcount(h1) -> 1" {
		t.Errorf("got %q", got)
	}
}
