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

// remoteCase is one run of a Remote and its Peer from the first connect to
// the last goroutine.
type remoteCase struct {
	world *RemoteWorld
	load  remoteLoad
	rec   *Recorder
	stage stage
	net   fabric
	wire  *remoteWire
	calls remoteCalls
	out   *outcome
	// known are the goroutines that were there before; on real sockets only.
	known goleak.Option
	// network is how far down the case goes.
	network Network

	// system is set by the maker's goroutine before built is.
	system Remote
	built  latch

	mu sync.Mutex
	// What the suite knows so far; guarded by mu, which is held for a moment
	// only.
	callersLeft int
	accepted    map[int]bool
	dispatched  map[int]int
	answers     map[int]int
	handling    int
	rests       []remoteRest
	closersLeft int
	peersLeft   int // calls of ClosePeer that are to come or have not returned
	// peerDeadline is when the ctx of the last one was done; none has begun, or all
	// have returned, if it is zero.
	peerDeadline time.Time
	closed       latch
	closeErr     error
	settled      remoteSettled
}

// remoteRest is a snapshot: at rest, or at a moment of the schedule's choice.
type remoteRest struct {
	at     int
	atRest bool
	stats  protocol.RemoteStats
	// sends and inner are the callers, and the dispatches, that wait in Send at
	// rest; closes the calls of Close, dispatches the dispatches that run.
	sends, inner, closes, dispatches int
	// writing is whether the Remote waits for the peer in the middle of a frame.
	writing bool
}

// remoteSettled is what the phases of the case came to.
type remoteSettled struct {
	// answered is whether, with all faults gone, every accepted message was
	// dispatched; judged only if asked.
	askedAnswer, answered bool
	// asked is the number of records when that was asked, open what was not
	// dispatched then.
	asked int
	open  string
	// closeReturned is whether Close returned once its ctx was done.
	askedClose, closeReturned bool
	// final is what Stats says after Close.
	final    protocol.RemoteStats
	counted  bool
	graceful bool
	// left names goroutines that outlived Close of both ends, if it was looked
	// for them.
	left   []string
	looked bool
	// serving are goroutines of the peer that were left with no link open, before
	// it was closed.
	serving []string
	// running are those of the Remote.
	running []string
	// peerReturned is whether every ClosePeer returned, if it was asked.
	askedPeer, peerReturned bool
	// strays are server handlers of dead links that still ran at rest.
	strays []string
}

// runRemote draws a case and runs it.
func runRemote(t *testing.T, make func(*RemoteWorld) Remote, network Network, c *choices) *outcome {
	d := dice{c}
	world := drawRemoteWorld(d, network)
	load := drawRemoteLoad(d, network)
	if world.FrameBytes > 0 {
		load.padding = paddingBytes
	}
	plan := drawRemotePlan(d, network)
	seed := uint64(d.Choose(1<<8-1, "seed"))
	delays := 0
	if network == Simulated {
		delays = between(d, "delays", 0, 3)
	}
	out := &outcome{world: world.describe(), load: load.String(), plan: plan, messages: load.messages, found: newFindings()}
	body := func() {
		base := runtime.NumGoroutine()
		rc := &remoteCase{world: world, load: load, rec: NewRecorder(0), out: out, network: network,
			callersLeft: len(load.callers), accepted: map[int]bool{}, dispatched: map[int]int{}, answers: map[int]int{}}
		world.Rand = newRand(seed)
		switch network {
		case Simulated:
			rc.simulate(make, c, delays, base)
		case Virtual:
			rc.stage, rc.net = &bubbled{}, newGRPCFabric(plan, seed, true)
			rc.run(make, base)
		case Loopback:
			rc.known = goleak.IgnoreCurrent()
			rc.stage, rc.net = &realtime{}, newGRPCFabric(plan, seed, false)
			rc.run(make, base)
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
		out.found.judge("remote/quiet-after-close", len(out.records), false, "the bubble did not empty: "+left, "no goroutine")
	}
	return out
}

// newRand is splitmix64 (Steele, Lea, Flood) behind a lock.
func newRand(seed uint64) func() uint64 {
	var mu sync.Mutex
	return func() uint64 {
		mu.Lock()
		defer mu.Unlock()
		seed += 0x9E3779B97F4A7C15
		z := seed
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		return z ^ z>>31
	}
}

// simulate runs the case under the scheduler.
func (rc *remoteCase) simulate(make func(*RemoteWorld) Remote, c *choices, delays, base int) {
	s, err := schedule.New(schedule.Config{Chooser: c, Delays: delays, OnRest: rc.atRest})
	if err != nil {
		panic(err)
	}
	sim := newSimFabric(s, rc.out.plan, rc.load.quota)
	rc.stage, rc.net = scheduled{s}, sim
	// Every exit empties the bubble, rapid's own panics included: else each
	// failure would turn into "deadlock: main bubble goroutine has exited".
	torn := false
	tear := func() {
		if !torn {
			torn = true
			sim.close()
			s.Teardown()
		}
	}
	defer tear()
	rc.run(make, base)
	rc.out.steps, rc.out.points = s.Steps(), s.Points()
}

// run goes through the phases: work, heal, drain, close, silence.
func (rc *remoteCase) run(mk func(*RemoteWorld) Remote, base int) {
	defer rc.judge()
	defer rc.caught()
	rc.build(mk)
	if !rc.phase("build", rc.built.get, time.Minute) || !rc.made() {
		return
	}
	for i, ops := range rc.load.callers {
		rc.stage.spawn("caller", func() { rc.call(i+1, ops) })
	}
	if rc.load.looks > 0 {
		rc.stage.spawn("observer", rc.observe)
	}
	if rc.load.close >= 0 {
		closes := append([]closing{{rc.load.close, rc.load.grace}}, rc.load.closes...)
		rc.closersLeft = len(closes)
		for _, c := range closes {
			rc.stage.spawn("closer", func() { rc.closeLater(c) })
		}
	}
	if pc, ok := rc.system.(PeerCloser); ok && rc.load.peer.at >= 0 {
		rc.peersLeft++
		rc.stage.spawn("peer closer", func() {
			hold(context.Background(), rc.load.peer.at)
			schedule.Point("close peer")
			rc.wire.peerCloses()
			rc.closePeer(pc, rc.load.peer.grace)
		})
	}
	// Work: the callers may be held up for good while faults last.
	if !rc.phase("work", rc.worked, rc.network.seconds(30)) {
		return
	}
	rc.wire.heal()
	rc.net.heal()
	if !rc.phase("drain", rc.drained, 30*time.Minute) {
		return
	}
	rc.settled.askedAnswer, rc.settled.answered, rc.settled.asked = true, rc.drained(), rc.rec.Len()
	rc.settled.open = rc.unanswered()
	if rc.load.close < 0 {
		rc.closersLeft = 1
		rc.stage.spawn("closer", func() { rc.close(rc.load.grace) })
	}
	if !rc.phase("close", rc.closed.get, 10*time.Minute) {
		return
	}
	rc.settled.askedClose, rc.settled.closeReturned = true, rc.closed.get()
	if !rc.closed.get() {
		return
	}
	rc.finish(base)
}

// phase lets the case go on and tells whether the next phase makes sense.
func (rc *remoteCase) phase(name string, done func() bool, horizon time.Duration) bool {
	v := rc.stage.until(done, horizon)
	switch v.kind {
	case stageCrash:
		rc.out.parked = v.tasks
		rc.finding("remote/no-crash", v.message, "no panic")
		return false
	case stageTooLong:
		rc.out.parked = v.tasks
		rc.out.undecided = name + ": " + v.message
		return false
	case stageRest:
		if !done() {
			rc.out.parked = v.tasks
		}
	}
	return true
}

func (rc *remoteCase) finding(law, observed, allowed string) {
	rc.out.found.judge(law, rc.rec.Len(), false, observed, allowed)
}

// made tells whether the maker has returned. If it has not there is nothing to
// judge, and whatever it did, nothing is held.
func (rc *remoteCase) made() bool {
	if !rc.built.get() && rc.out.undecided == "" {
		rc.out.undecided = "the maker has not returned"
	}
	return rc.out.undecided == ""
}

// caught makes a verdict of a panic on the root, where Stats is called. What
// rapid throws passes.
func (rc *remoteCase) caught() {
	thrown := recover()
	if thrown == nil {
		return
	}
	if isRapid(thrown) {
		panic(thrown)
	}
	rc.out.found.judge("remote/no-crash", rc.rec.Len(), false, fmt.Sprintf("panic: %v%s", thrown, panicPlace(debug.Stack())), "no panic")
}

// build calls the maker on a goroutine of the case, so that what it starts is
// under control too.
func (rc *remoteCase) build(mk func(*RemoteWorld) Remote) {
	w := rc.world
	rc.wire = &remoteWire{rec: rc.rec, world: w, load: &rc.load, network: rc.network, f: newFindings(),
		connect: func(ctx context.Context) (Conn, error) { return rc.net.connect(ctx, "remote", "peer") },
		broken:  rc.net.broken, sent: map[uint64]bool{}, told: map[uint64]int{}}
	w.Connect = rc.wire.dial
	w.Registrar = rc.net.registrar("peer")
	w.Tracer = rc.rec
	w.Handle, w.Dispatch = rc.handle, rc.dispatch
	rc.stage.spawn("maker", func() {
		rc.system = mk(w)
		if err := rc.net.start(); err != nil {
			rc.out.undecided = err.Error()
		}
		rc.built.set()
	})
}

// finish looks at what is there after Close: counts, events, goroutines.
func (rc *remoteCase) finish(base int) {
	s := &rc.settled
	s.graceful = rc.closeErr == nil
	if counter, ok := rc.system.(RemoteCounter); ok {
		s.final, s.counted = counter.Stats(), true
	}
	if rc.load.again {
		rc.closersLeft = 1
		rc.closed = latch{}
		rc.stage.spawn("closer", func() { rc.close(rc.load.grace) })
		if !rc.phase("close again", rc.closed.get, 10*time.Minute) {
			return
		}
		s.closeReturned = rc.closed.get()
	}
	if sim, ok := rc.stage.(scheduled); ok {
		if !rc.phase("silence", func() bool { return false }, time.Hour) {
			return
		}
		s.serving, s.running = serving(sim)
	}
	if pc, ok := rc.system.(PeerCloser); ok {
		rc.mu.Lock()
		rc.peersLeft++
		rc.mu.Unlock()
		rc.stage.spawn("peer closer", func() { rc.closePeer(pc, time.Minute) })
		if !rc.phase("close peer", rc.peerClosed, 10*time.Minute) {
			return
		}
		s.askedPeer, s.peerReturned = true, rc.peerClosed()
	}
	if rc.stage.rests() {
		if !rc.phase("silence", func() bool { return false }, time.Hour) {
			return
		}
	}
	rc.wire.close()
	rc.net.close()
	if rc.stage.rests() {
		rc.phase("silence", func() bool { return false }, time.Hour)
		s.left = leftovers(base)
	} else {
		s.left = leftBehind(rc.known)
	}
	s.looked = true
}
