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

// Fair promises that an action is not neglected for ever. A law on whole runs,
// an Eventually or a LeadsTo, is judged under its own promises, [Law.Fair], or
// under those that its spec has for all, [Spec.Fair]. An action without such a
// promise need never be taken: crashes, losses and whatever the world may do but
// need not.
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
	fair int // index in promises.fair
	args [MaxArgs]int16
}

// promises are the instances of a list of Fair on a graph. Sets of promises are
// words of bits.
type promises struct {
	fair   []Fair
	ids    map[promise]int
	list   []promise
	member [][]int // by label: the promises it fulfils
}

// newPromises finds the promises that the labels fulfil, which have the numbers
// of their places.
func newPromises(fair []Fair, labels []Label) *promises {
	p := &promises{fair: fair, ids: map[promise]int{}, member: make([][]int, 0, len(labels))}
	for _, l := range labels {
		p.member = append(p.member, p.fulfilled(l))
	}
	return p
}

// fulfilled returns the promises that a label fulfils.
func (p *promises) fulfilled(l Label) (mine []int) {
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
	return mine
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
