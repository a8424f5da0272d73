package wire

import (
	"fmt"
	"hash/fnv"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/weir-dev/weir/faults"
)

// chosenBytesMax bounds the byte position that stands for a chosen moment: the
// first messages of a connection of gRPC.
const chosenBytesMax = 4096

// Faults carries out a plan on connections. All methods may be called from any
// goroutine.
type Faults struct {
	seed  uint64
	start time.Time
	pumps sync.WaitGroup

	mu     sync.Mutex // also that of every lane; never held across a wait
	plan   faults.Plan
	fired  []int
	left   []int // attempts that a Refuse still refuses
	skip   []int // attempts that a Refuse lets pass before
	done   []bool
	counts map[string]int // generations so far, by link
	conns  []*conn        // live, in the order they were wrapped
	timers []*time.Timer
	healed bool
	closed bool
}

// New makes the faults of a plan. A fault that waits to be chosen fires at a
// byte position from 1 to 4096, or for a Refuse after 0 to 3 attempts, that
// seed draws for each generation. It panics when the plan isn't valid. Inside a
// bubble it must be called there.
func New(plan faults.Plan, seed uint64) *Faults {
	if err := plan.Validate(); err != nil {
		panic("wire: New with an invalid plan: " + err.Error())
	}
	f := &Faults{
		seed: seed, start: time.Now(), plan: slices.Clone(plan),
		fired: make([]int, len(plan)), left: make([]int, len(plan)), skip: make([]int, len(plan)), done: make([]bool, len(plan)),
		counts: make(map[string]int),
	}
	f.mu.Lock() // a timer may be quick
	defer f.mu.Unlock()
	for i, fault := range plan {
		if fault.When.Moment == faults.Elapsed {
			f.timers = append(f.timers, time.AfterFunc(fault.When.At, func() { f.elapse(i) }))
		} else if fault.Kind == faults.Refuse {
			f.left[i] = fault.Count
			if fault.When.Moment == faults.Chosen {
				f.skip[i] = f.draw(i, fault.Link, 0, 4)
			}
		}
	}
	return f
}

// draw is a number from 0 to n-1 that only the seed and the arguments decide.
func (f *Faults) draw(i int, link string, generation, n int) int {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %s %d", f.seed, i, link, generation)
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) % uint64(n))
}

// Conn wraps the client's connection c of a link, "remote->peer"; the result
// takes c over. When the plan refuses the connection, or Close was called, c is
// closed and every call on the result fails. It panics on a link that no plan
// could name.
func (f *Faults) Conn(c net.Conn, link string) net.Conn {
	if err := (faults.Fault{Kind: faults.Cut, Link: link}).Validate(); err != nil || link == faults.Any {
		panic(fmt.Sprintf("wire: Conn of the link %q, want \"client->server\"", link))
	}
	w, ok := f.wrap(c, link)
	if !ok {
		reset(c)
	}
	return w
}

// wrap makes the connection, and says whether it may live.
func (f *Faults) wrap(c net.Conn, link string) (*conn, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := &conn{f: f, inner: c, link: link, up: &lane{mu: &f.mu}, down: &lane{mu: &f.mu}}
	w.up.frames.prefaced = true
	if f.closed || f.refuse(link) {
		w.up.abort(syscall.ECONNREFUSED)
		w.down.abort(syscall.ECONNREFUSED)
		return w, false
	}
	f.counts[link]++
	w.generation = f.counts[link]
	w.match()
	f.conns = append(f.conns, w)
	f.pumps.Go(w.forward)
	f.pumps.Go(w.receive)
	w.fireEach(func(t *trap) bool { return t.fault.When.Moment == faults.Start })
	return w, true
}

// refuse reports whether an attempt is refused.
func (f *Faults) refuse(link string) bool {
	if f.healed {
		return false
	}
	for i, fault := range f.plan {
		if f.left[i] == 0 || !fault.Matches(link, 0) {
			continue
		}
		if f.skip[i] > 0 {
			f.skip[i]--
			continue
		}
		f.left[i]--
		f.fired[i]++
		return true
	}
	return false
}

// elapse fires a fault whose time has come on the connections that are open.
func (f *Faults) elapse(i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.healed || f.closed {
		return
	}
	if f.plan[i].Kind == faults.Refuse {
		f.left[i] = f.plan[i].Count
		return
	}
	for _, c := range slices.Clone(f.conns) {
		c.fireEach(func(t *trap) bool { return t.index == i })
	}
}

// reset ends a connection, with a TCP reset where there is one.
func reset(c net.Conn) {
	switch c := c.(type) {
	case interface{ Reset() }:
		c.Reset()
		return
	case interface{ SetLinger(int) error }:
		_ = c.SetLinger(0) // if it fails the end is told by an orderly close
	}
	_ = c.Close() // nobody is left to tell
}

// Heal ends the faults: half-open connections are cut, refusals end, what is
// delayed or stalled arrives, and what hasn't fired never will.
func (f *Faults) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.healed = true
	f.stopTimers()
	for _, c := range slices.Clone(f.conns) {
		c.heal()
	}
}

// Fired counts how often each fault of the plan has fired, by its text: a
// Refuse once for each refused connection, any other once for each generation
// on which its trigger was met. A fault that never fired is there with 0. Equal
// faults share a count.
func (f *Faults) Fired() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	counts := make(map[string]int, len(f.plan))
	for i, fault := range f.plan {
		counts[fault.String()] += f.fired[i]
	}
	return counts
}

// Close cuts every connection, refuses new ones, and waits until nothing that
// Faults has started runs any more.
func (f *Faults) Close() {
	f.mu.Lock()
	f.closed = true
	f.stopTimers()
	for _, c := range slices.Clone(f.conns) {
		c.cut()
	}
	f.mu.Unlock()
	f.pumps.Wait()
}

func (f *Faults) stopTimers() {
	for _, t := range f.timers {
		t.Stop()
	}
}
