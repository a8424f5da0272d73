package strategy

import "github.com/weir-dev/weir/faults/schedule"

// follower is the Chooser of one schedule: it lets a walk choose and follows
// every step, whether it was chosen or the only one.
type follower struct {
	walk     walk
	watching bool

	path     []uint32 // the choices, as many as maxPath
	steps    int
	schedule uint64 // hash of the steps in their order
	trace    trace

	pairs  map[uint64]uint32 // those that were seen, in all schedules
	counts bool              // and how often
	seen   []uint64          // those that this schedule saw first
	sites  []site            // the last step at each object, by its number
	latest site              // the last step
}

// site is where a step started: one goroutine's kind of point at one object,
// whichever time it is.
type site struct {
	hash uint64
	task schedule.TaskID
}

// follow begins the next schedule, which reuses what the last one needed.
func (f *follower) follow(w walk) {
	f.walk, f.watching = w, false
	f.path, f.steps, f.schedule = f.path[:0], 0, 0
	f.trace.begin()
	f.seen, f.sites, f.latest = f.seen[:0], f.sites[:0], site{}
}

// Choose implements schedule.Chooser.
func (f *follower) Choose(c *schedule.Choice) int {
	if !f.watching {
		f.watching = c.Watch(f.taken)
	}
	i := f.walk.choose(c)
	if len(f.path) < maxPath {
		f.path = append(f.path, uint32(i))
	}
	return i
}

func (f *follower) taken(t *schedule.Taken) {
	f.steps++
	f.schedule = mix(f.schedule ^ stepHash(t.Event) ^ uint64(t.Case+2))
	f.trace.add(t)
	key := f.pair(t.Event)
	switch n, ok := f.pairs[key]; {
	case !ok && len(f.pairs) < maxSeen:
		f.seen = append(f.seen, key)
		f.pairs[key] = 1
	case ok && f.counts:
		f.pairs[key] = n + 1
	}
	f.latest = siteOf(t.Event)
	for _, u := range t.Touched {
		for len(f.sites) <= u.Object {
			f.sites = append(f.sites, site{})
		}
		f.sites[u.Object] = f.latest
	}
	f.walk.taken(t)
}

// pair is what e and the step before it at its object make, or e and the
// step before it if it has no object.
func (f *follower) pair(e schedule.Event) uint64 {
	before := f.latest
	if n := e.Object.Number; n > 0 {
		before = site{}
		if n < len(f.sites) {
			before = f.sites[n]
		}
	}
	return mix(before.hash*3 ^ siteOf(e).hash)
}

// siteOf is where e starts.
func siteOf(e schedule.Event) site {
	h := uint64(e.Task) ^ uint64(e.Kind)<<56
	switch {
	case e.Task == 0:
		h ^= hashText(chain(e.Name))
	case e.Kind == schedule.KindSeam:
		h ^= hashText(e.Text)
	default:
		h ^= uint64(e.Object.First)*5 + uint64(e.Object.Rank)
	}
	return site{mix(h), e.Task}
}

// stepHash tells steps of one schedule apart, and is the same in every
// schedule.
func stepHash(e schedule.Event) uint64 {
	h := identity(e) ^ uint64(e.Kind)<<56 ^ uint64(e.Nth)<<20
	if e.Kind == schedule.KindSeam {
		h ^= hashText(e.Text)
	}
	return mix(h)
}

// identity is who takes the step: a goroutine, an action, a length of delay.
func identity(e schedule.Event) uint64 {
	if e.Task != 0 {
		return uint64(e.Task)
	}
	return hashText(e.Name) ^ uint64(e.Kind)
}

// party is who takes the step, actions of one chain being one.
func party(e schedule.Event) uint64 {
	if e.Task != 0 {
		return uint64(e.Task)
	}
	return hashText(chain(e.Name)) ^ uint64(e.Kind)
}

// chain is the name of an action without its numbers: what arrives on one
// link, one after the other, is one party to a schedule.
func chain(name string) string {
	end := len(name)
	for end > 0 && (name[end-1] >= '0' && name[end-1] <= '9' || name[end-1] == '#' || name[end-1] == ' ') {
		end--
	}
	return name[:end]
}

// hashText is FNV-1a.
func hashText(text string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return h
}

// mix is the finalizer of SplitMix64.
func mix(z uint64) uint64 {
	z += 0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}
