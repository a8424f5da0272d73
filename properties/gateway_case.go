package properties

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol"
)

// gatewayCase is one run of a Gateway and its hosts from the first attach to
// the last goroutine.
type gatewayCase struct {
	world *GatewayWorld
	load  gatewayLoad
	rec   *Recorder
	stage stage
	net   fabric
	out   *outcome
	// known are the goroutines that were there before; on real sockets only.
	known goleak.Option
	// network is how far down the case goes.
	network Network

	// system is set by the maker's goroutine before built is.
	system Gateway
	built  latch
	// stopHosts ends the scripted hosts.
	stopHosts context.CancelFunc

	// begun is when the history began.
	begun time.Time
	// punctual is whether virtual time passes only when nothing else can happen.
	punctual bool

	mu sync.Mutex
	// What the suite knows so far; guarded by mu, which is held for a moment
	// only.
	callersLeft int
	closesLeft  int
	attempts    map[int]int
	// away are the scripted hosts whose streams the gateway has ended for nothing;
	// closeBegun is whether Close was called.
	away       []turnedAway
	closeBegun bool
	// told are the attempts that scripted hosts were told to give up.
	told      []uint64
	hostsLeft int
	rests     []gatewaySnapshot
	closed    latch
	settled   gatewaySettled
}

// gatewaySnapshot is a snapshot: at rest, or at a moment of the schedule's choice.
// From and at are the numbers of records before and after it was taken.
type gatewaySnapshot struct {
	from   int
	at     int
	atRest bool
	stats  protocol.GatewayStats
	// now is when it was taken; told and clean are what the suite's own hosts were
	// told until then, and whether the network did its work.
	now   time.Duration
	told  []uint64
	clean bool
}

// turnedAway is a host whose stream the gateway has ended, and the number of
// records then.
type turnedAway struct {
	host string
	at   int
}

// gatewaySettled is what the phases of the case came to.
type gatewaySettled struct {
	askedAnswer, answered     bool
	asked                     int // records when that was asked
	waited                    int // callers that still waited then
	askedClose, closeReturned bool
	final                     protocol.GatewayStats
	counted                   bool
	// left names goroutines that outlived Close, if it was looked for them.
	left   []string
	looked bool
}

// gatewayMakers build what is tested.
type gatewayMakers struct {
	gateway func(*GatewayWorld) Gateway
	host    func(*HostWorld) Host
}

// runGateway draws a case and runs it.
func runGateway(t *testing.T, mk gatewayMakers, network Network, c *choices) *outcome {
	d := dice{c}
	world := drawGatewayWorld(d, network)
	load := drawGatewayLoad(d, network, mk.host != nil)
	plan := drawGatewayPlan(d, network, load.hosts)
	seed := uint64(d.Choose(1<<8-1, "seed"))
	delays, quota := 0, 0
	if network == Simulated {
		delays = pick(d, "delays", 0, 0, 0, 1, 2, 3)
		quota = pick(d, "quota", 0, 1)
	}
	out := &outcome{world: world.describe(), load: load.String(), plan: plan, messages: load.requests, found: newFindings()}
	body := func() {
		base := runtime.NumGoroutine()
		gc := &gatewayCase{world: world, load: load, rec: NewRecorder(0), begun: time.Now(), out: out, network: network,
			callersLeft: len(load.callers), attempts: map[int]int{}, punctual: network != Loopback && delays == 0}
		world.Rand = newRand(seed)
		switch network {
		case Simulated:
			gc.simulate(mk, c, delays, quota, base)
		case Virtual:
			gc.stage, gc.net = &bubbled{}, newGRPCFabric(plan, seed, true)
			gc.run(mk, base)
		case Loopback:
			gc.known = goleak.IgnoreCurrent()
			gc.stage, gc.net = &realtime{}, newGRPCFabric(plan, seed, false)
			gc.run(mk, base)
		}
	}
	left := ""
	if network == Loopback {
		body()
	} else {
		left = inBubble(t, body)
	}
	out.list = trim(c.list)
	// What was given up half way leaves its goroutines behind, whatever is tested.
	if left != "" && out.undecided == "" && len(out.found.violations) == 0 {
		out.found.judge("gateway/quiet-after-close", len(out.records), false, "the bubble did not empty: "+left, "no goroutine")
	}
	return out
}

// simulate runs the case under the scheduler. A stream takes quota bytes that
// were not read, zero for the default; one is a message at a time, so that
// whoever writes the next waits, as it does at a host that is slow to read.
func (gc *gatewayCase) simulate(mk gatewayMakers, c *choices, delays, quota, base int) {
	s, err := schedule.New(schedule.Config{Chooser: c, Delays: delays, OnRest: gc.atRest})
	if err != nil {
		panic(err)
	}
	sim := newSimFabric(s, gc.out.plan, quota)
	gc.stage, gc.net = scheduled{s}, sim
	// Every exit empties the bubble, rapid's own panics included.
	defer func() {
		if gc.stopHosts != nil {
			gc.stopHosts()
		}
		sim.close()
		s.Teardown()
	}()
	gc.run(mk, base)
	gc.out.steps, gc.out.points = s.Steps(), s.Points()
}

// run goes through the phases: work, heal, drain, close, silence.
func (gc *gatewayCase) run(mk gatewayMakers, base int) {
	defer gc.judge()
	defer gc.caught()
	gc.build(mk)
	if !gc.phase("build", gc.built.get, time.Minute) || !gc.made() {
		return
	}
	gc.startHosts(mk)
	for i, ops := range gc.load.callers {
		gc.stage.spawn("caller", func() { gc.call(i+1, ops) })
	}
	if len(gc.load.limits) > 0 {
		gc.stage.spawn("operator", gc.operate)
	}
	if gc.load.looks > 0 {
		gc.stage.spawn("observer", gc.observe)
	}
	if gc.load.close >= 0 {
		gc.startClosers(gc.load.close)
	}
	if !gc.phase("work", gc.worked, gc.network.seconds(20)) {
		return
	}
	gc.net.heal()
	if !gc.phase("drain", gc.worked, 30*time.Minute) {
		return
	}
	gc.settled.askedAnswer, gc.settled.answered, gc.settled.asked, gc.settled.waited = true, gc.worked(), gc.rec.Len(), gc.waiting()
	if gc.stage.rests() && gc.load.close < 0 {
		// The hosts answer what was given up, and every pause ends.
		if !gc.phase("silence", func() bool { return false }, time.Minute) {
			return
		}
	}
	if gc.load.close < 0 {
		gc.startClosers(0)
	}
	if !gc.phase("close", gc.closed.get, 10*time.Minute) {
		return
	}
	gc.settled.askedClose, gc.settled.closeReturned = true, gc.closed.get()
	if gc.closed.get() {
		gc.finish(base)
	}
}

// phase lets the case go on and tells whether the next phase makes sense.
func (gc *gatewayCase) phase(name string, done func() bool, horizon time.Duration) bool {
	v := gc.stage.until(done, horizon)
	switch v.kind {
	case stageCrash:
		gc.out.parked = v.tasks
		gc.out.found.judge("gateway/no-crash", gc.rec.Len(), false, v.message, "no panic")
		return false
	case stageTooLong:
		gc.out.parked = v.tasks
		gc.out.undecided = name + ": " + v.message
		return false
	case stageRest:
		if !done() {
			gc.out.parked = v.tasks
		}
	}
	return true
}

// made tells whether the maker has returned. If it has not there is nothing to
// judge, and whatever it did, nothing is held.
func (gc *gatewayCase) made() bool {
	if !gc.built.get() && gc.out.undecided == "" {
		gc.out.undecided = "the maker has not returned"
	}
	return gc.out.undecided == ""
}

// caught makes a verdict of a panic on the root, where Stats is called. What
// rapid throws passes.
func (gc *gatewayCase) caught() {
	thrown := recover()
	if thrown == nil {
		return
	}
	if isRapid(thrown) {
		panic(thrown)
	}
	gc.out.found.judge("gateway/no-crash", gc.rec.Len(), false, fmt.Sprintf("panic: %v%s", thrown, panicPlace(debug.Stack())), "no panic")
}

// build calls the maker on a goroutine of the case, so that what it starts is
// under control too.
func (gc *gatewayCase) build(mk gatewayMakers) {
	gc.world.Registrar = gc.net.registrar("gateway")
	gc.world.Tracer = gc.rec
	gc.stage.spawn("maker", func() {
		gc.system = mk.gateway(gc.world)
		if err := gc.net.start(); err != nil {
			gc.out.undecided = err.Error()
		}
		gc.built.set()
	})
}

// finish looks at what is there after Close: counts, events, goroutines.
func (gc *gatewayCase) finish(base int) {
	s := &gc.settled
	if counter, ok := gc.system.(GatewayCounter); ok {
		s.final, s.counted = counter.Stats(), true
	}
	gc.stopHosts()
	gone := func() bool {
		gc.mu.Lock()
		defer gc.mu.Unlock()
		return gc.hostsLeft == 0
	}
	if !gc.phase("hosts leave", gone, 10*time.Minute) {
		return
	}
	if gc.stage.rests() && !gc.phase("silence", func() bool { return false }, time.Hour) {
		return
	}
	gc.net.close()
	if gc.stage.rests() {
		gc.phase("silence", func() bool { return false }, time.Hour)
		s.left = leftovers(base)
	} else {
		s.left = leftBehind(gc.known)
	}
	s.looked = true
}
