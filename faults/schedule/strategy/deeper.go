package strategy

import (
	"math/rand/v2"
	"slices"

	"github.com/weir-dev/weir/faults/schedule"
)

// Deeper goes on from where there was news, as a fuzzer does that is guided by
// coverage (Wolff, Shi, Duck, Mathur, Roychoudhury: Greybox fuzzing for
// concurrency testing, ASPLOS 2024). It keeps schedules that showed what no
// schedule of this search had shown: a pair or, better, something that the
// caller counts. It repeats one of them, every second time the last of the
// latter, up to where the news came or to a random place before that, and walks
// from there. What takes many steps in the right order, each of which shows
// something new, is found one by one. One schedule in freshEvery is a walk from
// the start.
//
// In a Portfolio it has no turns until the caller tells news, and then learns
// from all members.
func Deeper(seed uint64) Strategy {
	s := newSearch("deeper", seed)
	k := &keepers{}
	s.begin = func(r *rand.Rand) (walk, bool) {
		return &deep{walk: schedule.Random(r.Uint64()), prefix: k.pick(r)}, true
	}
	s.keep = k.add
	s.end = func(o Outcome) { k.add(s.run, o) }
	return s
}

// freshEvery is one in how many schedules repeats nothing.
const freshEvery = 8

// toldWeight is how much better it is to begin with what the caller counts.
const toldWeight = 64

// maxKept bounds the schedules that are kept, and maxPath their lengths.
const (
	maxKept = 64
	maxPath = 1 << 14
)

// keepers are the schedules that showed news, in their order.
type keepers struct {
	all  []keeper
	last int // where the last one with what the caller counts is, plus one; 0 if there is none
}

type keeper struct {
	path []uint32
	told bool // what the caller counts was among the news
	ends bool // with the news
	uses int
}

// weight is how good it is to begin with: the fewer have, the better.
func (k *keeper) weight() float64 {
	w := 1 / float64((1+k.uses)*(1+k.uses))
	if k.told {
		w *= toldWeight
	}
	return w
}

// add keeps a schedule with news; when there are too many it takes the place of
// the one that is least good to begin with.
func (k *keepers) add(run *follower, o Outcome) {
	if o.News == 0 && len(run.seen) == 0 {
		return
	}
	kept := keeper{told: o.News > 0, ends: o.At > 0 && o.At <= len(run.path)}
	if kept.ends {
		kept.path = slices.Clone(run.path[:o.At])
	} else {
		kept.path = slices.Clone(run.path)
	}
	at := len(k.all)
	if at < maxKept {
		k.all = append(k.all, kept)
	} else {
		at = 0
		for i := range k.all {
			if k.all[i].weight() < k.all[at].weight() {
				at = i
			}
		}
		k.all[at] = kept
	}
	if kept.told {
		k.last = at + 1
	}
}

// pick is the beginning of a schedule that was kept; nil for a fresh one.
func (k *keepers) pick(r *rand.Rand) []uint32 {
	if len(k.all) == 0 || r.IntN(freshEvery) == 0 {
		return nil
	}
	total, at := 0.0, 0
	for i := range k.all {
		w := k.all[i].weight()
		if total += w; r.Float64()*total < w {
			at = i
		}
	}
	if k.last > 0 && r.IntN(2) == 0 {
		at = k.last - 1
	}
	chosen := &k.all[at]
	chosen.uses++
	if chosen.ends && r.IntN(2) == 0 {
		return chosen.path
	}
	return chosen.path[:r.IntN(len(chosen.path)+1)]
}

// deep is the walk of Deeper.
type deep struct {
	walk   schedule.Chooser
	prefix []uint32 // what is left of it
}

func (d *deep) choose(c *schedule.Choice) int {
	if len(d.prefix) > 0 {
		i := int(d.prefix[0])
		d.prefix = d.prefix[1:]
		if i < c.N {
			return i
		}
		d.prefix = nil // the program has another choice here
	}
	return d.walk.Choose(c)
}

func (d *deep) taken(*schedule.Taken) {}
