package model

import "fmt"

// Strength says what a fair action is owed.
type Strength uint8

const (
	// Weak: an action that stays enabled without end is taken. It suits a
	// thread or a timer, which runs when nobody stops it.
	Weak Strength = iota
	// Strong: an action that is enabled again and again is taken, also if it
	// is disabled in between. It suits a fair lock, or a lossy link that gets
	// through now and then.
	Strong
)

// String returns the word by which reports name the strength.
func (s Strength) String() string {
	switch s {
	case Weak:
		return "weak"
	case Strong:
		return "strong"
	}
	return fmt.Sprintf("strength(%d)", uint8(s))
}

// Fair promises that an action is not neglected for ever. Only the Eventually
// and LeadsTo laws read it. An action without such a promise need never be
// taken: crashes, losses and whatever the world may do but need not.
//
// As in TLA+, a step that leads back to its own state is no step: it neither
// fulfils a promise nor makes the action enabled.
type Fair struct {
	// Action is what the promise is about.
	Action Action
	// Strength is Weak unless set.
	Strength Strength
	// By is the number of leading arguments that tell instances apart: each
	// combination of them has its own promise. 0: the action has one promise
	// as a whole, which any of its steps fulfils. [MaxArgs]: each label has its
	// own.
	By int
}

// problem says what is wrong with a promise of a spec with n actions.
func (f Fair) problem(n int) string {
	switch {
	case int(f.Action) >= n:
		return fmt.Sprintf("is for action %d, but Actions has %d names", f.Action, n)
	case f.Strength > Strong:
		return fmt.Sprintf("is of %v: use Weak or Strong", f.Strength)
	case f.By < 0 || f.By > MaxArgs:
		return fmt.Sprintf("is by %d arguments: use 0 to %d", f.By, MaxArgs)
	}
	return ""
}

// A promise is one instance of a [Fair].
type promise struct {
	fair int // index in Spec.Fair
	args [MaxArgs]int16
}

// promises gives every label that occurs a small number and finds the promises
// that its steps fulfil. Sets of promises are words of bits.
type promises struct {
	fair   []Fair
	number map[Label]uint16
	labels []Label
	ids    map[promise]int
	list   []promise
	member [][]int // by label: the promises it fulfils
	recent [1 << 10]recentLabel
}

// recentLabel spares the map for labels that were seen a moment ago.
type recentLabel struct {
	label Label
	id    uint16 // number+1, 0: empty
}

// maxLabels is how many labels may have numbers.
const maxLabels = 1<<16 - 1

func newPromises(fair []Fair) *promises {
	return &promises{fair: fair, number: map[Label]uint16{}, ids: map[promise]int{}}
}

// label returns the number of l. It is only meant as long as there are no more
// than maxLabels labels.
func (p *promises) label(l Label) uint16 {
	r := &p.recent[l.hash()>>54]
	if r.id != 0 && r.label == l {
		return r.id - 1
	}
	id, ok := p.number[l]
	if !ok {
		id = p.enter(l)
	}
	r.label, r.id = l, id+1
	return id
}

func (p *promises) enter(l Label) uint16 {
	id := uint16(len(p.labels)) // beyond maxLabels it is never used
	p.number[l] = id
	p.labels = append(p.labels, l)
	var mine []int
	for i, f := range p.fair {
		if f.Action != l.Action {
			continue
		}
		key := promise{fair: i}
		copy(key.args[:f.By], l.Args[:])
		k, ok := p.ids[key]
		if !ok {
			k = len(p.list)
			p.ids[key] = k
			p.list = append(p.list, key)
		}
		mine = append(mine, k)
	}
	p.member = append(p.member, mine)
	return id
}

// words is the length of a set of promises.
func (p *promises) words() int { return (len(p.list) + 63) / 64 }

// masks returns, by label, the set of its promises, and the sets of those that
// are weak and strong.
func (p *promises) masks() (byLabel [][]uint64, weak, strong []uint64) {
	n := p.words()
	weak, strong = make([]uint64, n), make([]uint64, n)
	for i, k := range p.list {
		if p.fair[k.fair].Strength == Strong {
			strong[i/64] |= 1 << (i % 64)
		} else {
			weak[i/64] |= 1 << (i % 64)
		}
	}
	for _, mine := range p.member {
		m := make([]uint64, n)
		for _, i := range mine {
			m[i/64] |= 1 << (i % 64)
		}
		byLabel = append(byLabel, m)
	}
	return byLabel, weak, strong
}
