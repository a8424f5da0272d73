package linear_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
	"github.com/weir-dev/weir/protocol"
)

func resolved(v uint64, o protocol.Outcome) func() (linear.QueueOp, linear.QueueResult) {
	return func() (linear.QueueOp, linear.QueueResult) {
		return linear.QueueOp{Do: linear.Resolve, Value: v}, linear.QueueResult{Outcome: o}
	}
}

// told are histories with the words for them, in testdata.
var told = []struct {
	name    string
	object  linear.Object
	history []porcupine.Operation
}{
	{"above-the-limit", linear.Ledger(), oneByOne(is(attach(1, 1), number(0)), is(count(1), number(0)), is(attach(2, 1), number(0)), is(reserve(2), given(5)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(release(1), done), is(release(2), done))},
	{"two-overlap", linear.Ledger(), []porcupine.Operation{
		span(0, 1, attach(1, 1), number(0)),
		span(2, 9, reserve(1), given(1)),
		span(3, 8, reserve(1), given(2)),
		span(10, 11, count(1), number(2)),
	}},
	{"reassign-without-deduction", linear.Ledger(), oneByOne(is(attach(1, 1), number(0)), is(attach(2, 1), number(0)), is(reserve(1), given(1)), is(reassign(1, 2), given(2)), is(count(2), number(1)), is(count(1), number(1)))},
	{"half-a-reassign", linear.Ledger(), []porcupine.Operation{
		span(0, 1, attach(1, 1), number(0)),
		span(2, 3, attach(2, 1), number(0)),
		span(4, 5, reserve(1), given(1)),
		span(6, 20, reassign(1, 2), given(2)),
		span(7, 8, count(2), number(1)),
		span(9, 10, count(1), number(1)),
	}},
	{"released-twice", linear.Ledger(), oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(release(1), done), is(count(1), number(1)), is(release(1), done))},
	{"given-twice", linear.Ledger(), oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(release(1), done), is(reserve(1), given(1)))},
	{"detach-forgets-one", linear.Ledger(), oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(detach(1), number(1)))},
	{"unknown-cannot-excuse", linear.Ledger(), []porcupine.Operation{
		span(0, 1, attach(1, 2), number(0)),
		span(2, 3, reserve(1), linear.LedgerResult{Known: linear.Unknown}),
		span(4, 5, count(1), number(2)),
	}},
	{"hysteresis", linear.LedgerOf(0, 2), oneByOne(is(attach(1, 2), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(release(1), done), is(reserve(1), given(3)))},
	{"abandoned-cap", linear.LedgerOf(0, 0), oneByOne(is(attach(1, 1), number(0)), is(reserve(1), given(1)), is(abandon(1), done), is(reserve(1), given(2)))},
	{"never-resumes", linear.LedgerOf(0, 0), oneByOne(is(attach(1, 1), number(0)), is(reserve(1), given(1)), is(abandon(1), done), is(acknowledge(1), done), is(stats(1), linear.LedgerResult{Paused: true}))},
	{"out-of-order", linear.Queue(), oneByOne(sent(1), sent(2), sent(3), handled(1), handled(3), handled(2))},
	{"handled-twice", linear.Queue(), oneByOne(sent(1), sent(2), handled(1), handled(2), handled(1))},
	{"not-sent-yet-handled", linear.Queue(), oneByOne(sent(1), sent(2), handled(1), handled(2), resolved(1, protocol.Replied), resolved(2, protocol.NotSent))},
	{"replied-unhandled", linear.Queue(), oneByOne(sent(1), sent(2), resolved(2, protocol.Unknown), resolved(1, protocol.Replied))},
}

func abandon(id uint64) linear.LedgerOp {
	return linear.LedgerOp{Do: linear.Release, ID: id, Abandon: true}
}
func acknowledge(id uint64) linear.LedgerOp {
	return linear.LedgerOp{Do: linear.Acknowledge, ID: id}
}
func stats(h int) linear.LedgerOp { return linear.LedgerOp{Do: linear.Stats, Host: h} }

// The words for each are those in testdata; with WEIR_UPDATE=1 they are written
// there.
func TestTold(t *testing.T) {
	for _, c := range told {
		t.Run(c.name, func(t *testing.T) {
			v := linear.Judge(t.Context(), c.object, c.history)
			if v.Result != porcupine.Illegal || v.Least != linear.Fewest {
				t.Errorf("got %s, %d: want Illegal, and the fewest", v.Result, v.Least)
			}
			path := filepath.Join("testdata", c.name+".txt")
			got := v.String() + "\n"
			if os.Getenv("WEIR_UPDATE") != "" {
				if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(path); err != nil || got != string(want) {
				t.Errorf("%v; got\n%swant\n%s", err, got, want)
			}
			var page bytes.Buffer
			if err := v.WriteHTML(&page); err != nil {
				t.Fatal(err)
			}
			if text := page.String(); !strings.Contains(text, "No order of these") || !strings.Contains(text, "<svg") {
				t.Errorf("the page lacks the words or the picture: %d bytes", len(text))
			}
		})
	}
}

// Who is not given the time decides nothing, and says so.
func TestJudgeWithoutTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	v := linear.Judge(ctx, linear.Ledger(), told[0].history)
	if v.Result != porcupine.Unknown || !strings.HasPrefix(v.String(), "Undecided") {
		t.Errorf("got %s: %s", v.Result, v)
	}
	if err := v.WriteHTML(&bytes.Buffer{}); !errors.Is(err, linear.ErrNoPicture) {
		t.Errorf("got %v, want ErrNoPicture", err)
	}
	if small, least := linear.Minimise(ctx, linear.Ledger(), told[0].history); least != linear.CutShort || len(small) != len(told[0].history) {
		t.Errorf("got %d operations, %d: want all of them, cut short", len(small), least)
	}
}
