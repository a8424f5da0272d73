package corpus

import "github.com/weir-dev/weir/faults/schedule"

// Pairs collects the pairs of a schedule: two steps next to each other at the
// same object, or next to each other in time where the second has none. A step
// counts as the kind of point at which it began, at which object, of which
// goroutine; both are named by their places, so that a pair has the same number
// in every run of the same code. It is what strategy.Rarest goes by. The zero
// value is ready for one run; not for concurrent use.
type Pairs struct {
	seen   map[uint64]struct{}
	sites  []uint64 // the last step at each object, by its number
	latest uint64   // the last step
	asked  bool
}

// maxPairs bounds what is kept of one run.
const maxPairs = 1 << 14

// Follow makes a Chooser that chooses as c does, and collects the pairs of the
// run that asks it.
func (p *Pairs) Follow(c schedule.Chooser) schedule.Chooser { return following{p, c} }

// Hashes are the pairs, each once, in no order.
func (p *Pairs) Hashes() []uint64 {
	out := make([]uint64, 0, len(p.seen))
	for h := range p.seen {
		out = append(out, h)
	}
	return out
}

type following struct {
	pairs   *Pairs
	chooser schedule.Chooser
}

// Choose implements schedule.Chooser.
func (f following) Choose(c *schedule.Choice) int {
	if !f.pairs.asked {
		f.pairs.asked = c.Watch(f.pairs.taken)
	}
	return f.chooser.Choose(c)
}

func (p *Pairs) taken(t *schedule.Taken) {
	before, now := p.latest, site(t.Event)
	if n := t.Object.Number; n > 0 {
		before = 0
		if n < len(p.sites) {
			before = p.sites[n]
		}
	}
	if p.seen == nil {
		p.seen = make(map[uint64]struct{})
	}
	if len(p.seen) < maxPairs {
		p.seen[mix(before*3^now)] = struct{}{}
	}
	p.latest = now
	for _, u := range t.Touched {
		for len(p.sites) <= u.Object {
			p.sites = append(p.sites, 0)
		}
		p.sites[u.Object] = now
	}
}

// site is where a step began.
func site(e schedule.Event) uint64 {
	h := uint64(e.Task) ^ uint64(e.Kind)<<56
	switch {
	case e.Task == 0:
		h ^= Hash(chain(e.Name))
	case e.Kind == schedule.KindSeam:
		h ^= Hash(e.Text)
	default:
		h ^= uint64(e.Object.First)*5 + uint64(e.Object.Rank)
	}
	return mix(h)
}

// chain is the name of an action without its numbers: what arrives on one link,
// one after the other, is of one kind.
func chain(name string) string {
	end := len(name)
	for end > 0 && (name[end-1] >= '0' && name[end-1] <= '9' || name[end-1] == '#' || name[end-1] == ' ') {
		end--
	}
	return name[:end]
}

// Hash is a hash of texts: FNV-1a (Fowler, Noll, Vo), with a byte between them
// that is part of no text in UTF-8.
func Hash(texts ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, text := range texts {
		for i := range len(text) {
			h = (h ^ uint64(text[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	return h
}

// mix is the finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014).
func mix(z uint64) uint64 {
	z += 0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}
