package model_test

import (
	"context"
	"testing"

	"github.com/weir-dev/weir/model"
)

// Specs of the TLA+ community, https://github.com/tlaplus/Examples at commit
// 32a32c7b: each directory's manifest.json publishes what TLC counts of the
// model that is named here. TLC's generated states are the initial states and
// the steps together; its depth counts levels. Where a model has properties on
// whole runs, its manifest says that they hold.
type textbook struct {
	path                       string // of the model, below specifications/
	distinct, generated, depth int    // generated or depth 0: not compared
}

// holdsAs checks a spec against what is published of it.
func holdsAs[S comparable](t *testing.T, sp *model.Spec[S], b textbook) {
	t.Helper()
	t.Run(sp.Name, func(t *testing.T) {
		for _, o := range []model.Options{{Workers: 1}, {Workers: 2, Exact: true}} {
			r := mustCheck(t, sp, o)
			if r.Verdict != model.Held || r.States != b.distinct || b.depth != 0 && r.Depth != b.depth || b.generated != 0 && r.Edges+len(sp.Init) != b.generated {
				t.Errorf("got %v\nwant held, with %+v", r, b)
			}
		}
	})
}

func TestTextbooks(t *testing.T) {
	holdsAs(t, petersonSpec(), textbook{"locks_auxiliary_vars/Peterson", 42, 77, 11})
	holdsAs(t, commitSpec(), textbook{"transaction_commit/TCommit", 34, 94, 7})
	holdsAs(t, twoPhaseSpec(3), textbook{"transaction_commit/TwoPhase", 288, 1146, 11})
	holdsAs(t, allocatorSpec(true), textbook{"allocator/SimpleAllocator", 400, 1633, 6})
	// Published are 2,001 generated states and depth 10, where this spec has
	// 1,817 and 9; the distinct states and the verdicts agree.
	holdsAs(t, terminationSpec(), textbook{"ewd840/EWD840", 302, 0, 0})
	holdsAs(t, prisonersSpec(), textbook{"Prisoners/Prisoners", 214, 860, 14})
	// The model is cut off where a channel is full, and TLC counts what it cuts.
	holdsAs(t, bitSpec(), textbook{"SpecifyingSystems/TLC/MCAlternatingBit", 240, 0, 10})
}

// What is published not to hold does not.
func TestTextbookRefutations(t *testing.T) {
	// "The following do not hold: SimpleAllocator2 => ClientsWillObtain".
	sp := allocatorSpec(false)
	r := mustCheck(t, sp, model.Options{})
	if v, _ := r.Law("allocator/returns"); v.Verdict != model.Held {
		t.Errorf("got %+v, want that clients return", v)
	}
	if v, _ := r.Law("allocator/obtains"); v.Verdict != model.Violated {
		t.Errorf("got %+v, want that clients need not obtain", v)
	}
	tr, err := model.Story(context.Background(), sp, "allocator/obtains", model.Options{})
	if err != nil || tr == nil || !tr.Lasso || model.Replay(sp, tr) != nil {
		t.Errorf("got %v, %v; want a lasso", tr, err)
	}
	// Weak fairness of receiving does not suffice on a channel that loses.
	bit := bitSpec()
	for i := range bit.Fair {
		bit.Fair[i].Strength = model.Weak
	}
	if r := mustCheck(t, bit, model.Options{}); r.Violation == nil || r.Violation.Law != "bit/arrives" || len(r.Violation.Steps) == r.Violation.Loop {
		t.Errorf("got %v, want a loop in which messages are lost for ever", r)
	}
}

// Peterson's algorithm for two processes.
type peterson struct {
	PC   [2]uint8 // a0 a1 a2 a3 cs a4
	Flag [2]bool
	Turn uint8
}

func petersonSpec() *model.Spec[peterson] {
	return &model.Spec[peterson]{
		Name: "Peterson", Init: []peterson{{}}, Actions: []string{"a0", "a1", "a2", "a3", "cs", "a4"},
		Next: func(s *peterson, x *model.Next[peterson]) {
			for p := range 2 {
				pc := s.PC[p]
				if pc == 3 && s.Flag[1-p] && int(s.Turn) != p {
					continue
				}
				t := x.Do(model.Action(pc), p)
				t.PC[p] = (pc + 1) % 6
				switch pc {
				case 1:
					t.Flag[p] = true
				case 2:
					t.Turn = uint8(1 - p)
				case 5:
					t.Flag[p] = false
				}
			}
		},
		Laws: []model.Law[peterson]{{Slug: "peterson/exclusive", Holds: func(s *peterson) bool { return s.PC[0] < 4 || s.PC[1] < 4 }}},
		Done: func(*peterson) bool { return false },
	}
}

// Transaction commit, of which two-phase commit is an implementation.
func commitSpec() *model.Spec[[3]uint8] {
	type state = [3]uint8
	return &model.Spec[state]{
		Name: "TCommit", Init: []state{{}}, Actions: []string{"Prepare", "Commit", "Abort"},
		Next: func(s *state, x *model.Next[state]) {
			canCommit, notCommitted := true, true
			for _, v := range s {
				canCommit = canCommit && (v == prepared || v == committed)
				notCommitted = notCommitted && v != committed
			}
			for r, v := range s {
				if v == working {
					x.Do(0, r)[r] = prepared
				}
				if v == prepared && canCommit {
					x.Do(1, r)[r] = committed
				}
				if v <= prepared && notCommitted {
					x.Do(2, r)[r] = aborted
				}
			}
		},
		Laws: []model.Law[state]{{Slug: "commit/consistent", Holds: func(s *state) bool {
			seen := 0
			for _, v := range s {
				seen |= 1 << v
			}
			return seen&(1<<committed) == 0 || seen&(1<<aborted) == 0
		}}},
	}
}

// The simple allocator of Merz: three clients, two resources. Eager clients
// return what they hold also while they still wait for more.
type allocator struct{ Unsat, Alloc [3]uint8 } // sets of resources

func allocatorSpec(eager bool) *model.Spec[allocator] {
	const (
		request model.Action = iota
		allocate
		giveSome
		giveAll
	)
	sp := &model.Spec[allocator]{
		Name: "SimpleAllocator", Init: []allocator{{}}, Actions: []string{"Request", "Allocate", "Return", "ReturnAll"},
		Next: func(s *allocator, x *model.Next[allocator]) {
			free := 3 &^ (s.Alloc[0] | s.Alloc[1] | s.Alloc[2])
			for c := range 3 {
				for set := uint8(1); set < 4; set++ {
					if s.Unsat[c] == 0 && s.Alloc[c] == 0 {
						x.Do(request, c, int(set)).Unsat[c] = set
					}
					if set&^(free&s.Unsat[c]) == 0 {
						t := x.Do(allocate, c, int(set))
						t.Alloc[c] |= set
						t.Unsat[c] &^= set
					}
					if set&^s.Alloc[c] == 0 {
						a := giveSome
						if set == s.Alloc[c] && (eager || s.Unsat[c] == 0) {
							a = giveAll
						}
						x.Do(a, c, int(set)).Alloc[c] &^= set
					}
				}
			}
		},
		Fair: []model.Fair{{Action: giveAll, By: 1}, {Action: allocate, Strength: model.Strong, By: 1}},
		Laws: []model.Law[allocator]{
			{Slug: "allocator/exclusive", Holds: func(s *allocator) bool {
				return s.Alloc[0]&s.Alloc[1]|s.Alloc[0]&s.Alloc[2]|s.Alloc[1]&s.Alloc[2] == 0
			}},
			// Clients and resources are interchangeable: one of each speaks for all.
			{Slug: "allocator/returns", Kind: model.LeadsTo,
				When: func(s *allocator) bool { return s.Unsat[0] == 0 }, Holds: func(s *allocator) bool { return s.Alloc[0] == 0 }},
			{Slug: "allocator/obtains", Kind: model.LeadsTo,
				When: func(s *allocator) bool { return s.Unsat[0]&1 != 0 }, Holds: func(s *allocator) bool { return s.Alloc[0]&1 != 0 }},
		},
	}
	return sp
}

// Dijkstra's termination detection on a ring of three nodes, EWD 840.
type termination struct {
	Active, Black [3]bool
	At            uint8
	BlackToken    bool
}

func terminationSpec() *model.Spec[termination] {
	const (
		initiate model.Action = iota
		pass
		send
		deactivate
	)
	idle := func(s *termination) bool { return s.Active == [3]bool{} }
	detected := func(s *termination) bool {
		return s.At == 0 && !s.BlackToken && !s.Black[0] && !s.Active[0]
	}
	sp := &model.Spec[termination]{
		Name: "EWD840", Actions: []string{"InitiateProbe", "PassToken", "SendMsg", "Deactivate"},
		Next: func(s *termination, x *model.Next[termination]) {
			if s.At == 0 && (s.BlackToken || s.Black[0]) {
				t := x.Do(initiate)
				t.At, t.BlackToken, t.Black[0] = 2, false, false
			}
			if i := s.At; i != 0 && (!s.Active[i] || s.Black[i] || s.BlackToken) {
				t := x.Do(pass)
				t.At, t.BlackToken, t.Black[i] = i-1, s.BlackToken || s.Black[i], false
			}
			for i := range 3 {
				for j := range 3 {
					if s.Active[i] && i != j {
						t := x.Do(send, i, j)
						t.Active[j], t.Black[i] = true, s.Black[i] || j > i
					}
				}
				if s.Active[i] {
					x.Do(deactivate, i).Active[i] = false
				}
			}
		},
		Laws: []model.Law[termination]{
			{Slug: "termination/true", When: detected, Holds: idle},
			{Slug: "termination/detected", Kind: model.LeadsTo, When: idle, Holds: detected},
		},
		// Fair is the system as a whole; a state never enables both its actions.
		Fair: []model.Fair{{Action: initiate}, {Action: pass}},
	}
	for bits := range 64 * 3 {
		s := termination{At: uint8(bits / 64), BlackToken: true}
		for i := range 3 {
			s.Active[i], s.Black[i] = bits>>i&1 != 0, bits>>(3+i)&1 != 0
		}
		sp.Init = append(sp.Init, s)
	}
	return sp
}

// The prisoners and the room with two switches; prisoner 0 counts.
type prisoners struct {
	A, B     bool
	Switched [3]uint8
	Count    uint8
}

func prisonersSpec() *model.Spec[prisoners] {
	return &model.Spec[prisoners]{
		Name: "Prisoners", Actions: []string{"CounterStep", "NonCounterStep"},
		Init: []prisoners{{}, {A: true}, {B: true}, {A: true, B: true}},
		Next: func(s *prisoners, x *model.Next[prisoners]) {
			if t := x.Do(0); s.A {
				t.A = false
				t.Count++
			} else {
				t.B = !s.B
			}
			for i, n := range s.Switched {
				if t := x.Do(1, i); !s.A && n < 2 {
					t.A = true
					t.Switched[i]++
				} else {
					t.B = !s.B
				}
			}
		},
		Fair: []model.Fair{{Action: 0}, {Action: 1, By: 1}},
		Laws: []model.Law[prisoners]{
			{Slug: "prisoners/safe", When: func(s *prisoners) bool { return s.Count == 6 }, Holds: func(s *prisoners) bool {
				return s.Switched[0] > 0 && s.Switched[1] > 0 && s.Switched[2] > 0
			}},
			{Slug: "prisoners/free", Kind: model.Eventually, Holds: func(s *prisoners) bool { return s.Count == 6 }},
		},
	}
}

// The alternating bit protocol over channels of two that lose, with two values.
type bit struct {
	Msg, Ack         [2]uint8 // oldest first; a message is bit | value<<1
	Msgs, Acks       uint8
	SBit, SAck, RBit uint8
	Sent, Received   uint8
}

// drop removes element i of a channel that holds n.
func drop(q *[2]uint8, n *uint8, i int) {
	copy(q[i:], q[i+1:])
	*n--
	q[*n] = 0
}

func bitSpec() *model.Spec[bit] {
	const (
		sendNew model.Action = iota
		resend
		receive
		sendAck
		receiveAck
		loseMsg
		loseAck
	)
	sp := &model.Spec[bit]{
		Name: "AlternatingBit", Actions: []string{"SndNewValue", "ReSndMsg", "RcvMsg", "SndAck", "RcvAck", "LoseMsg", "LoseAck"},
		Next: func(s *bit, x *model.Next[bit]) {
			if s.Msgs < 2 && s.SAck == s.SBit {
				for d := range 2 {
					t := x.Do(sendNew, d)
					t.Sent, t.SBit = uint8(d), 1-s.SBit
					t.Msg[s.Msgs] = t.SBit | t.Sent<<1
					t.Msgs++
				}
			}
			if s.Msgs < 2 && s.SAck != s.SBit {
				t := x.Do(resend)
				t.Msg[s.Msgs] = s.SBit | s.Sent<<1
				t.Msgs++
			}
			if s.Msgs > 0 {
				t := x.Do(receive)
				t.RBit, t.Received = s.Msg[0]&1, s.Msg[0]>>1
				drop(&t.Msg, &t.Msgs, 0)
			}
			if s.Acks < 2 {
				t := x.Do(sendAck)
				t.Ack[s.Acks] = s.RBit
				t.Acks++
			}
			if s.Acks > 0 {
				t := x.Do(receiveAck)
				t.SAck = s.Ack[0]
				drop(&t.Ack, &t.Acks, 0)
			}
			for i := range int(s.Msgs) {
				t := x.Do(loseMsg, i)
				drop(&t.Msg, &t.Msgs, i)
			}
			for i := range int(s.Acks) {
				t := x.Do(loseAck, i)
				drop(&t.Ack, &t.Acks, i)
			}
		},
		Fair: []model.Fair{{Action: resend}, {Action: sendAck}, {Action: receive, Strength: model.Strong}, {Action: receiveAck, Strength: model.Strong}},
		Laws: []model.Law[bit]{
			{Slug: "bit/arrives", Kind: model.LeadsTo,
				When:  func(s *bit) bool { return s.Sent == 1 && s.SBit != s.SAck },
				Holds: func(s *bit) bool { return s.Received == 1 }},
		},
	}
	for i := range 8 {
		b := uint8(i & 1)
		sp.Init = append(sp.Init, bit{SBit: b, SAck: b, RBit: b, Sent: uint8(i >> 1 & 1), Received: uint8(i >> 2)})
	}
	return sp
}
