package model_test

import (
	"context"
	"fmt"
	"math/bits"
	"testing"

	"github.com/weir-dev/weir/model"
)

// Two-phase commit after Gray and Lamport, "Consensus on Transaction Commit"
// (module TwoPhase): n resource managers, one transaction manager, and the set
// of all messages ever sent. The reachable states can be counted by hand:
//
//	undecided: a resource manager is working, aborted, or prepared with its
//	           message on the way or received                          4^n
//	committed: every message was received; each is prepared or committed 2^n
//	aborted:   working, prepared (received or not), or aborted (its message
//	           never sent, on the way, or received)                    6^n

const (
	working = iota
	prepared
	committed
	aborted
)

const (
	tmInit = iota
	tmCommitted
	tmAborted
)

const maxRM = 10

type twoPhase struct {
	RM         [maxRM]uint8 // state of each resource manager
	TM         uint8
	Decision   uint8  // set of decisions sent: bit 0 Commit, bit 1 Abort
	TMPrepared uint16 // set of resource managers whose Prepared was received
	Prepared   uint16 // set of those whose Prepared was sent
}

const (
	tmRcvPrepared model.Action = iota
	tmCommit
	tmAbort
	rmPrepare
	rmChooseToAbort
	rmRcvCommit
	rmRcvAbort
)

func twoPhaseSpec(n int) *model.Spec[twoPhase] {
	all := uint16(1<<n - 1)
	return &model.Spec[twoPhase]{
		Name: "two-phase commit",
		Size: fmt.Sprintf("n=%d", n),
		Init: []twoPhase{{}},
		Actions: []string{
			"TMRcvPrepared", "TMCommit", "TMAbort", "RMPrepare", "RMChooseToAbort", "RMRcvCommitMsg", "RMRcvAbortMsg",
		},
		Next: func(s *twoPhase, x *model.Next[twoPhase]) {
			if s.TM == tmInit && s.TMPrepared == all {
				t := x.Do(tmCommit)
				t.TM, t.Decision = tmCommitted, t.Decision|1
			}
			if s.TM == tmInit {
				t := x.Do(tmAbort)
				t.TM, t.Decision = tmAborted, t.Decision|2
			}
			for r := range n {
				bit := uint16(1) << r
				if s.TM == tmInit && s.Prepared&bit != 0 {
					x.Do(tmRcvPrepared, r).TMPrepared |= bit
				}
				if s.RM[r] == working {
					t := x.Do(rmPrepare, r)
					t.RM[r], t.Prepared = prepared, t.Prepared|bit
					x.Do(rmChooseToAbort, r).RM[r] = aborted
				}
				if s.Decision&1 != 0 {
					x.Do(rmRcvCommit, r).RM[r] = committed
				}
				if s.Decision&2 != 0 {
					x.Do(rmRcvAbort, r).RM[r] = aborted
				}
			}
		},
		Laws: []model.Law[twoPhase]{
			{Slug: "twophase/consistent", Holds: func(s *twoPhase) bool {
				seen := 0
				for r := range n {
					seen |= 1 << s.RM[r]
				}
				return seen&(1<<committed) == 0 || seen&(1<<aborted) == 0
			}},
			{Slug: "twophase/commit-needs-all", Holds: func(s *twoPhase) bool {
				return s.Decision&1 == 0 || bits.OnesCount16(s.Prepared) == n
			}},
			{Slug: "twophase/all-commit", Kind: model.Sometimes, Holds: func(s *twoPhase) bool {
				for r := range n {
					if s.RM[r] != committed {
						return false
					}
				}
				return true
			}},
			{Slug: "twophase/all-abort", Kind: model.Sometimes, Holds: func(s *twoPhase) bool {
				for r := range n {
					if s.RM[r] != aborted {
						return false
					}
				}
				return true
			}},
		},
	}
}

func pow(b, n int) int {
	p := 1
	for range n {
		p *= b
	}
	return p
}

func TestTwoPhase(t *testing.T) {
	for n := 3; n <= maxRM; n++ {
		t.Run(fmt.Sprintf("n=%d", n), func(t *testing.T) {
			if model.UnderRace && n > 5 {
				t.Skip("the race detector has no time for it")
			}
			if n > 7 && !*long {
				t.Skip("takes up to a minute: run with -args -long")
			}
			r, err := model.Check(context.Background(), twoPhaseSpec(n), model.Options{MaxBytes: 5 << 29})
			if err != nil {
				t.Fatal(err)
			}
			want := pow(6, n) + pow(4, n) + pow(2, n)
			t.Logf("6^%d + 4^%d + 2^%d = %d; %s; %v", n, n, n, want, fmt.Sprintf("%.2f GiB", float64(r.Bytes)/(1<<30)), r)
			if r.States != want || r.Verdict != model.Held || !r.Complete {
				t.Errorf("two-phase commit n=%d: %d states, %v; want %d states, held", n, r.States, r.Verdict, want)
			}
		})
	}
}
