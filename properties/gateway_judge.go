package properties

import (
	"fmt"
	"strings"
	"time"
)

// bounds is what the history of this case is judged against.
func (gc *gatewayCase) bounds() GatewayBounds {
	w := gc.world
	b := GatewayBounds{
		Waiting: w.Waiting, MaxAttempts: w.MaxAttempts, BudgetRatio: w.BudgetRatio, BudgetBurst: float64(w.BudgetBurst),
		AbandonedCap: w.AbandonedCap, Mark: w.Mark, ReassignAfter: w.ReassignAfter, RefuseBackoff: w.RefuseBackoff,
		MaxWait: w.MaxWait, GivesUp: map[int]time.Duration{},
		NonIdempotent: map[int]bool{}, Capacity: map[string]int{}, Punctual: gc.punctual,
	}
	for _, ops := range gc.load.callers {
		for _, op := range ops {
			b.NonIdempotent[op.id] = !op.idempotent
			if d := op.timeout + op.cancel; d > 0 {
				b.GivesUp[op.id] = d // one of the two is zero
			}
		}
	}
	for _, h := range gc.load.hosts {
		if !h.scripted {
			b.Capacity[h.name] = h.capacity
		}
	}
	return b
}

// judge puts together what the history, the snapshots and the end of a case
// say.
func (gc *gatewayCase) judge() {
	records, dropped := gc.rec.Records()
	gc.out.records = records
	if dropped > 0 {
		gc.out.undecided = fmt.Sprintf("%d records were dropped", dropped)
	}
	b := gc.bounds()
	g := newGatewayWitness(b)
	rests := gc.rests
	for i := 0; i <= len(records); i++ {
		for len(rests) > 0 && rests[0].at == i {
			if rests[0].atRest {
				g.rest()
			}
			g.f.between(func() { gc.judgeStats(g, rests[0]) })
			rests = rests[1:]
		}
		if i < len(records) {
			g.record(records[i])
		}
	}
	g.end()
	f := g.f
	// A case that was cut short may have been so in the middle of a step.
	whole := gc.out.undecided == "" && len(gc.out.found.violations) == 0
	f.merge(gc.out.found)
	gc.out.found = f
	if whole {
		gc.judgeLedger(f, records)
	}
	f.judged["gateway/no-crash"]++
	gc.judgeEnd(f, len(records))
	if gc.net != nil {
		gc.out.fired = gc.net.fired()
	}
}

// judgeStats judges one snapshot. Only at rest is it certain that no record
// fell between the counts and their place in the history.
func (gc *gatewayCase) judgeStats(g *gatewayWitness, r gatewaySnapshot) {
	if !r.atRest {
		(&gatewayRest{f: g.f, at: r.at, s: r.stats, b: g.b}).sums()
		return
	}
	shadow := g.shadow
	if !g.traced {
		shadow = nil
	}
	g.f.gatewayAtRest(r.at, r.stats, shadow, g.b)
	if g.traced {
		g.written(r.at, r.told, r.clean)
		g.waited(r.at, r.now)
	}
	if r.clean {
		g.attached(r.at, r.stats)
	}
}

// judgeEnd judges how the case ended.
func (gc *gatewayCase) judgeEnd(f *findings, n int) {
	s := gc.settled
	if s.askedAnswer {
		f.between(func() {
			f.judge("gateway/answered", s.asked, s.answered, fmt.Sprintf("%d callers still wait for Do", s.waited), "every Do ends when its wait is over or a host answers")
		})
	}
	for _, a := range gc.away {
		f.judge("gateway/no-needless-failure", a.at, false, "the stream of "+a.host+" was ended, by nobody's fault", "an attachment lasts until its host, the network or Close ends it")
	}
	if s.askedClose {
		f.judge("gateway/close-returns", n, s.closeReturned, "Close has not returned 10 minutes after its context was done", "it returns")
	}
	if s.counted {
		f.gatewayClosed(n, s.final)
	}
	// A caller that still waits is left too, and told by another law.
	if s.looked && s.answered {
		f.judge("gateway/quiet-after-close", n, len(s.left) == 0, "goroutines left: "+strings.Join(s.left, ", "), "none")
	}
	if sim, ok := gc.net.(*simFabric); ok {
		for _, b := range sim.net.Breaches() {
			// Only the Gateway and hosts of the maker are under test here; the
			// suite's own hosts keep the contract.
			f.judge("gateway/no-crash", n, false, b.String(), "the contract of a gRPC stream")
		}
	}
}
