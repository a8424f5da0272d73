package properties

import (
	"bytes"
	"context"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
	"github.com/weir-dev/weir/protocol"
)

// judgeLedger judges that what the gateway told of its reservations, and what
// its counts said meanwhile, is linearizable against linear.Ledger.
func (gc *gatewayCase) judgeLedger(f *findings, records []Record) {
	history := ledgerHistory(records, gc.rests)
	if len(history) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), linearTime)
	defer cancel()
	gc.out.judgeLinear(f, "gateway/linearizable", len(records), linear.Judge(ctx, linear.Ledger(), history))
}

// judgeLinear notes what became of the judgement of a whole history. One that
// could not be decided is a breach, and says so.
func (o *outcome) judgeLinear(f *findings, law string, at int, v linear.Verdict) {
	switch v.Result {
	case porcupine.Ok:
		f.judge(law, at, true, "", "")
	case porcupine.Illegal:
		f.judge(law, at, false, v.Short(), "a linearizable history")
		o.picture = func() ([]byte, error) {
			var b bytes.Buffer
			err := v.WriteHTML(&b)
			return b.Bytes(), err
		}
	default:
		f.judge(law, at, false, "porcupine could not decide in "+linearTime.String(), "a decided history")
	}
}

// ledgerHistory makes the operations of a history on the ledger. An event is
// an operation of one instant, because it is told inside the critical section
// that makes it true; a step of several events lasts from the first to the
// last. A read of the counts may take effect at any time between call and
// return. Record i is at instant 2i+1, so that a read that began when there
// were n records is at 2n, after the n-th and before the next.
func ledgerHistory(records []Record, reads []gatewaySnapshot) []porcupine.Operation {
	h := &ledgerSteps{hosts: map[string]int{}, open: map[string]uint64{}, ends: map[shadowKey]*ledgerStep{}, early: map[shadowKey]*ledgerStep{}}
	for i, r := range records {
		if e := r.Event; e.Party == "gateway" {
			h.take(int64(2*i+1), e)
		}
	}
	h.moveOn()
	if len(h.steps) == 0 {
		return nil
	}
	h.count(reads)
	out := make([]porcupine.Operation, len(h.steps))
	for i, s := range h.steps {
		out[i] = porcupine.Operation{ClientId: s.row, Input: s.op, Call: s.from, Output: s.result, Return: s.to}
	}
	return out
}

// The rows of porcupine's pictures.
const (
	ledgerRow = iota
	readerRow
)

// ledgerStep is one operation.
type ledgerStep struct {
	row      int
	op       linear.LedgerOp
	result   linear.LedgerResult
	from, to int64
}

// ledgerSteps puts events together to operations.
type ledgerSteps struct {
	steps []*ledgerStep
	// hosts numbers the hosts, from 1; open is the newest attachment of each that
	// has not ended.
	hosts map[string]int
	open  map[string]uint64
	// ends holds the step that ended each attachment; early the releases that
	// were told before it.
	ends, early map[shadowKey]*ledgerStep
	// moving is the first half of a reassign.
	moving *ledgerStep
}

func (h *ledgerSteps) host(name string) int {
	n := h.hosts[name]
	if n == 0 {
		n = len(h.hosts) + 1
		h.hosts[name] = n
	}
	return n
}

func (h *ledgerSteps) add(at int64, op linear.LedgerOp, result linear.LedgerResult) *ledgerStep {
	s := &ledgerStep{row: ledgerRow, op: op, result: result, from: at, to: at}
	h.steps = append(h.steps, s)
	return s
}

// moveOn turns a release by a reassign that nothing followed into a plain one.
func (h *ledgerSteps) moveOn() {
	if s := h.moving; s != nil {
		h.moving = nil
		s.op.Do, s.result = linear.Release, linear.LedgerResult{OK: true}
		h.steps = append(h.steps, s)
	}
}

// take adds one event.
func (h *ledgerSteps) take(at int64, e protocol.Event) {
	if h.moving != nil && e.Kind != protocol.KindReserve {
		h.moveOn()
	}
	key, host := shadowKey{e.Host, e.Epoch}, linear.LedgerOp{}
	switch e.Kind {
	case protocol.KindAttach, protocol.KindDetach, protocol.KindLimit, protocol.KindReserve:
		host.Host = h.host(e.Host)
	}
	switch e.Kind {
	case protocol.KindAttach:
		s := h.add(at, linear.LedgerOp{Do: linear.Attach, Host: host.Host, Limit: int(e.Value)}, linear.LedgerResult{})
		if old, ok := h.open[e.Host]; ok {
			h.ended(shadowKey{e.Host, old}, s)
		}
		h.open[e.Host] = e.Epoch
	case protocol.KindDetach:
		if s := h.ends[key]; s != nil {
			s.to = at // of the step of the newer attachment
			return
		}
		h.ended(key, h.add(at, linear.LedgerOp{Do: linear.Detach, Host: host.Host}, linear.LedgerResult{}))
		if h.open[e.Host] == e.Epoch {
			delete(h.open, e.Host)
		}
	case protocol.KindLimit:
		if epoch, ok := h.open[e.Host]; ok && epoch == e.Epoch {
			h.add(at, linear.LedgerOp{Do: linear.SetLimit, Host: host.Host, Limit: int(e.Value)}, linear.LedgerResult{})
		}
	case protocol.KindReserve:
		h.reserve(at, e, host.Host)
	case protocol.KindRelease:
		h.release(at, e, key)
	}
}

// ended notes the step that ends an attachment, with the releases that were
// told before it.
func (h *ledgerSteps) ended(key shadowKey, s *ledgerStep) {
	h.ends[key] = s
	if early := h.early[key]; early != nil {
		s.from, s.result.N = early.from, early.result.N
		delete(h.early, key)
	}
}

// reserve is the second half of a reassign if it follows the first at once.
func (h *ledgerSteps) reserve(at int64, e protocol.Event, host int) {
	if s := h.moving; s != nil {
		h.moving = nil
		s.op.Host, s.result.ID, s.to = host, e.Attempt, at
		h.steps = append(h.steps, s)
		return
	}
	h.add(at, linear.LedgerOp{Do: linear.Reserve, Host: host}, linear.LedgerResult{ID: e.Attempt, OK: true})
}

// release is an operation of its own, half of a reassign, or part of the end
// of an attachment.
func (h *ledgerSteps) release(at int64, e protocol.Event, key shadowKey) {
	switch e.Reason {
	case protocol.Reassigned:
		h.moving = &ledgerStep{row: ledgerRow, op: linear.LedgerOp{Do: linear.Reassign, ID: e.Attempt}, result: linear.LedgerResult{OK: true}, from: at, to: at}
	case protocol.Detached:
		s := h.ends[key]
		if s == nil {
			s = h.early[key]
		}
		if s == nil {
			s = &ledgerStep{from: at}
			h.early[key] = s
		}
		s.result.N++
		s.to = at
	default:
		h.add(at, linear.LedgerOp{Do: linear.Release, ID: e.Attempt}, linear.LedgerResult{OK: true})
	}
}

// count adds the reads. Of reads with the same result, at the same instant,
// one is enough.
func (h *ledgerSteps) count(reads []gatewaySnapshot) {
	last := make(map[int]ledgerStep)
	for _, r := range reads {
		counts := make([]int, len(h.hosts)+1)
		for _, s := range r.stats.Hosts {
			if n := h.hosts[s.Host]; n > 0 {
				counts[n] = s.Reserved
			}
		}
		for n := 1; n < len(counts); n++ {
			s := ledgerStep{row: readerRow, op: linear.LedgerOp{Do: linear.Count, Host: n}, result: linear.LedgerResult{N: counts[n]}, from: int64(2 * r.from), to: int64(2 * r.at)}
			if last[n] != s {
				last[n] = s
				h.steps = append(h.steps, &s)
			}
		}
	}
}
