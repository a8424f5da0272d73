package strategy

import (
	"slices"

	"github.com/weir-dev/weir/faults/schedule"
)

// Samplers are the strategies that draw schedules, each by a seed of its own:
// Random, PCT for bugs of depth 2 and 3, POS, Rarest, URW and Deeper. They never
// end.
func Samplers(seed uint64) []Strategy {
	return []Strategy{Random(seed), PCT(seed+1, 2), PCT(seed+2, 3), POS(seed + 3), Rarest(seed + 4), URW(seed + 5), Deeper(seed + 6)}
}

// Default is the Portfolio to begin with: the Samplers, and Exhaustive.
func Default(seed uint64) Strategy {
	return Portfolio(append(Samplers(seed), Exhaustive())...)
}

// Portfolio splits the schedules among the members and gives more to those
// that find news: traces and pairs that none of them has seen, and what the
// caller counts. Recent news count more; every member keeps a share of
// floor/len(members) at least, because what finds nothing for a while may be
// what finds the bug. Whose turn it is follows from what was found, without a
// draw. It ends when every member has, or one has seen every schedule.
func Portfolio(members ...Strategy) Strategy {
	p := &portfolio{traces: map[uint64]struct{}{}, pairs: map[uint64]struct{}{}}
	alone := !slices.ContainsFunc(members, func(m Strategy) bool { return !m.guided() })
	for _, m := range members {
		p.members = append(p.members, &member{Strategy: m, rate: 1, asleep: m.guided() && !alone})
	}
	return p
}

// floor is the part of the schedules that is split evenly, whatever they show.
const floor = 0.4

// memory is the weight of the past in a member's rate of news, per schedule.
const memory = 0.97

// traceNews is what a new trace is worth beside a new pair: nearly every
// schedule of a large program is one.
const traceNews = 0.25

// toldNews is what the caller's news are worth: they are about the program, and
// rare.
const toldNews = 32

type portfolio struct {
	members []*member
	turn    *member // whose schedule is running
	recent  *follower
	traces  map[uint64]struct{}
	pairs   map[uint64]struct{}
}

type member struct {
	Strategy
	rate   float64 // of news per schedule, lately
	credit float64 // schedules that it is owed
	ended  bool
	asleep bool // until the caller tells news
}

// Next makes the Chooser of the next schedule; see [Strategy].
func (p *portfolio) Next() (schedule.Chooser, bool) {
	p.Done(Outcome{})
	for !p.complete() {
		m := p.next()
		if m == nil {
			return nil, false
		}
		if c, ok := m.Next(); ok {
			p.turn = m
			return c, true
		}
		m.ended = true
	}
	return nil, false
}

// next is the member that is owed most once each was given its share of one
// schedule; nil if all have ended.
func (p *portfolio) next() *member {
	live, total := 0, 0.0
	for _, m := range p.members {
		if !m.ended && !m.asleep {
			live++
			total += m.rate
		}
	}
	var best *member
	for _, m := range p.members {
		if m.ended || m.asleep {
			continue
		}
		m.credit += floor/float64(live) + (1-floor)*m.rate/total
		if best == nil || m.credit > best.credit {
			best = m
		}
	}
	if best != nil {
		best.credit--
	}
	return best
}

// Done tells what came of the schedule that Next began last; see [Strategy].
func (p *portfolio) Done(o Outcome) {
	m := p.turn
	if m == nil {
		return
	}
	p.turn = nil
	m.Done(o)
	run := m.last()
	p.recent = run
	news := toldNews * float64(o.News)
	if add(p.traces, run.trace.sum) {
		news += traceNews
	}
	for _, pair := range run.seen {
		if add(p.pairs, pair) {
			news++
		}
	}
	if o.News > 0 {
		for _, other := range p.members {
			if other.asleep = false; other != m {
				other.learn(run, o)
			}
		}
	}
	m.rate = max(memory*m.rate+(1-memory)*news, leastRate)
}

// leastRate keeps the rates from vanishing together.
const leastRate = 1e-6

// Report tells what each member has done.
func (p *portfolio) Report() []Report {
	var reports []Report
	for _, m := range p.members {
		reports = append(reports, m.Report()...)
	}
	return reports
}

func (p *portfolio) last() *follower { return p.recent }

func (p *portfolio) guided() bool { return false }

func (p *portfolio) learn(run *follower, o Outcome) {
	for _, m := range p.members {
		m.learn(run, o)
	}
}

func (p *portfolio) complete() bool {
	for _, m := range p.members {
		if m.Strategy.complete() {
			return true
		}
	}
	return false
}
