package linear

import (
	"math"

	"github.com/anishathalye/porcupine"
)

// needs says which operations on the ledger can be judged without which others,
// for [Object].
//
// A reservation and whatever ended it stay together: without them there was
// always less at the host, and what was granted then would have been granted
// all the more. That is not so for what depends on how much there was: a
// refusal, a count, the number that an end of an attachment released. They need
// every reservation that may have been there. And whatever happens at a host
// needs what attached it and set its limit, as far as no later attachment made
// that void.
//
// With a mark of its own a host may be paused by what was there long before,
// so that a refusal needs everything since the attachment.
func (l ledgerRules) needs(history []porcupine.Operation) [][]int {
	n := &ledgerNeeds{
		history: history, plain: l.mark < 0, out: make([][]int, len(history)),
		config: map[int][]int{}, givers: map[int][]int{}, sensitive: map[int]int64{},
		gave: map[uint64][]int{}, uses: map[uint64][]int{},
	}
	for i := range history {
		n.index(i)
	}
	for i := range history {
		n.of(i)
		n.out[i] = sortedInts(n.out[i])
	}
	return n.out
}

// ledgerNeeds works out what each operation needs.
type ledgerNeeds struct {
	history []porcupine.Operation
	plain   bool // nothing but what is there now decides whether a host is paused
	out     [][]int
	// By host: the operations that make or change an attachment; those that gave
	// or may have given a reservation; and when the last one that asks how much
	// is there returned.
	config, givers map[int][]int
	sensitive      map[int]int64
	// By reservation: what gave it, and what ended it or may have.
	gave, uses map[uint64][]int
}

func (n *ledgerNeeds) op(i int) (LedgerOp, LedgerResult) {
	return n.history[i].Input.(LedgerOp), n.history[i].Output.(LedgerResult)
}

// after reports whether i was called only when j had returned.
func (n *ledgerNeeds) after(i, j int) bool { return n.history[i].Call > n.history[j].Return }

// effect reports whether an operation changed something, or may have.
func effect(r LedgerResult) bool { return r.OK || r.Known != Seen }

func (n *ledgerNeeds) index(i int) {
	in, out := n.op(i)
	switch in.Do {
	case Attach, Detach, SetLimit:
		n.config[in.Host] = append(n.config[in.Host], i)
	case Reserve, Reassign:
		if effect(out) {
			n.givers[in.Host] = append(n.givers[in.Host], i)
		}
	}
	switch in.Do {
	case Release, Acknowledge, SetLimit:
	default:
		n.sensitive[in.Host] = max(n.sensitive[in.Host], n.history[i].Return)
	}
	if id, ok := in.given(out); ok {
		n.gave[id] = append(n.gave[id], i)
	}
	if (in.Do == Release || in.Do == Acknowledge || in.Do == Reassign) && effect(out) {
		n.uses[in.ID] = append(n.uses[in.ID], i)
	}
}

func (n *ledgerNeeds) need(i int, others ...int) { n.out[i] = append(n.out[i], others...) }

func (n *ledgerNeeds) of(i int) {
	in, out := n.op(i)
	switch in.Do {
	case Attach, Detach:
		if out.Known == Seen {
			n.attachment(i, in.Host)
			n.everything(i, in.Host)
		}
	case Count, Stats:
		n.attachment(i, in.Host)
		n.everything(i, in.Host)
	case Reserve, Reassign:
		n.attachment(i, in.Host)
		if !out.OK || out.Known != Seen {
			n.everything(i, in.Host)
		}
	}
	switch in.Do {
	case Release, Acknowledge, Reassign:
		n.before(i, in.ID)
		if !out.OK || out.Known != Seen {
			for _, g := range n.gave[in.ID] {
				from, _ := n.op(g)
				n.attachment(i, from.Host)
			}
		}
	}
	if id, ok := in.given(out); ok {
		n.ends(i, in.Host, id)
	}
}

// before: what is said of a reservation needs that it was given, and all that
// may have happened to it.
func (n *ledgerNeeds) before(i int, id uint64) {
	for _, list := range [][]int{n.gave[id], n.uses[id]} {
		for _, j := range list {
			if j != i && !n.after(j, i) {
				n.need(i, j)
			}
		}
	}
}

// ends: what gave a reservation needs what ended it, unless nobody asked how
// much is there any more.
func (n *ledgerNeeds) ends(i, host int, id uint64) {
	for _, j := range n.uses[id] {
		if j != i && n.history[j].Call <= n.sensitive[host] {
			n.need(i, j)
		}
	}
}

// void is the last call of an attach or detach that had returned when i was
// called: what had returned before that is of no account at the host. With
// limits, changes of the limit count too.
func (n *ledgerNeeds) void(i, host int, limits bool) int64 {
	last := int64(math.MinInt64)
	for _, j := range n.config[host] {
		in, out := n.op(j)
		if (in.Do != SetLimit || limits && n.plain) && out.Known != Unknown && n.after(i, j) {
			last = max(last, n.history[j].Call)
		}
	}
	return last
}

// attachment: what happens at a host needs what made it as it is.
func (n *ledgerNeeds) attachment(i, host int) {
	void, overruled := n.void(i, host, false), n.void(i, host, true)
	for _, j := range n.config[host] {
		in, _ := n.op(j)
		gone := void
		if in.Do == SetLimit {
			gone = overruled
		}
		if j != i && !n.after(j, i) && n.history[j].Return >= gone {
			n.need(i, j)
		}
	}
}

// everything: what depends on how much is there needs all that may have been,
// and the one that left last, because if there is too much, it is most likely
// the one that was not taken off.
func (n *ledgerNeeds) everything(i, host int) {
	void := n.void(i, host, false)
	last, at := -1, int64(math.MinInt64)
	for _, j := range n.givers[host] {
		if j == i || n.after(j, i) || n.history[j].Return < void {
			continue
		}
		left, gone := n.gone(j, i)
		switch {
		case !gone:
			n.need(i, j)
		case left >= at:
			last, at = j, left
		}
	}
	if last >= 0 {
		n.need(i, last)
	}
}

// gone reports whether what j gave had certainly left no trace when i was
// called, and when what ended it had returned.
func (n *ledgerNeeds) gone(j, i int) (at int64, gone bool) {
	in, out := n.op(j)
	id, ok := in.given(out)
	if !ok || !n.plain || len(n.gave[id]) > 1 {
		return 0, false
	}
	for _, k := range n.uses[id] {
		use, r := n.op(k)
		if r.Known == Seen && (use.Do == Acknowledge || !use.Abandon) && n.after(i, k) {
			return n.history[k].Return, true
		}
	}
	return 0, false
}
