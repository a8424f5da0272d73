package simnet

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/faults"
	"github.com/weir-dev/weir/faults/schedule"
)

const (
	quotaDefault = 64 << 10 // what grpc-go grants a stream
	linksMax     = 4096     // live links, and remembered ones
	connsMax     = 4096
)

// Config says how a Network behaves. The zero Config is one without faults
// that delivers at once.
type Config struct {
	// Scheduler decides when each frame is delivered, and runs the server's
	// handlers as controlled goroutines. Add the Network to it as a source.
	// Nil delivers at once.
	Scheduler *schedule.Scheduler
	// Plan says what goes wrong; it must be valid.
	Plan faults.Plan
	// QuotaBytes is how many bytes one direction of a link takes that were
	// sent and not yet read, five more than its length for each message. A
	// send that begins with none left waits. Default 64 KiB.
	QuotaBytes int
}

// Network is a simulated network between parties. All methods may be called
// from any goroutine.
type Network struct {
	sched *schedule.Scheduler
	quota int
	start time.Time

	mu       sync.Mutex // never held across anything that waits
	servers  map[string]*server
	counts   map[string]int // generations so far, by link name
	live     []*link        // in the order they were opened
	ended    []Link         // the last linksMax
	conns    []*Conn        // open, in the order they were dialled
	breaches []Breach
	faults   planState
	offers   []schedule.Action // room for Enabled
	timer    *time.Timer
	closed   bool
}

// New makes a network. It panics when the plan isn't valid or QuotaBytes is
// negative; with the error that says why.
func New(cfg Config) *Network {
	if err := cfg.Plan.Validate(); err != nil {
		panic("simnet: New with an invalid plan: " + err.Error())
	}
	if cfg.QuotaBytes < 0 {
		panic(fmt.Sprintf("simnet: New with a quota of %d bytes, want 0 (default) or more", cfg.QuotaBytes))
	}
	if cfg.QuotaBytes == 0 {
		cfg.QuotaBytes = quotaDefault
	}
	n := &Network{
		sched:   cfg.Scheduler,
		quota:   cfg.QuotaBytes,
		start:   time.Now(),
		servers: make(map[string]*server),
		counts:  make(map[string]int),
	}
	n.faults.init(cfg.Plan)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.arm()
	return n
}

// Server is the place to register the services of a party. The same party gets
// the same one. It panics on a name that no plan could name. Registering panics
// where grpc-go would end the process: a service twice, or an implementation
// that lacks a method.
func (n *Network) Server(party string) grpc.ServiceRegistrar {
	if _, err := faults.LinkName(party, party); err != nil {
		panic("simnet: Server: " + err.Error())
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.servers[party]
	if s == nil {
		s = &server{n: n, party: party, methods: make(map[string]method)}
		n.servers[party] = s
	}
	return s
}

// Dial makes a connection from one party to another. As with grpc.NewClient
// nothing is connected before the first stream, and a party that serves nothing
// shows only then. Its error is a status: Canceled or DeadlineExceeded when the
// context is done, Unavailable when the network is closed, InvalidArgument for
// a name that no plan could name, ResourceExhausted with 4096 connections open.
// The caller closes the connection.
func (n *Network) Dial(ctx context.Context, from, to string) (*Conn, error) {
	name, err := faults.LinkName(from, to)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	schedule.Point("dial " + name)
	if err := ctx.Err(); err != nil {
		return nil, status.FromContextError(err).Err()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.closed:
		return nil, errNetworkClosed()
	case len(n.conns) >= connsMax:
		return nil, status.Errorf(codes.ResourceExhausted, "network has %d connections open, want fewer: close what is dialled", len(n.conns))
	}
	c := &Conn{n: n, name: name, from: from, to: to}
	n.conns = append(n.conns, c)
	return c, nil
}

// Heal ends the faults: half-open links break, refusals end, what is delayed
// or stalled can arrive, and what hasn't fired never will. Breaks are told as
// any other.
func (n *Network) Heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults.healed = true
	for _, l := range slices.Clone(n.live) { // what is healed may leave the list
		l.heal()
	}
	n.settle(nil)
	schedule.Wake()
}

// Close ends every link at both ends at once and closes the network: what is
// opened later fails with Unavailable. It notes the streams and connections
// that their owners left open as breaches. It doesn't wait for handlers.
func (n *Network) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	n.closed = true
	n.noteLeaks()
	for _, l := range slices.Clone(n.live) {
		l.shut()
	}
	n.settle(nil)
	schedule.Wake()
}

// settle does what follows from a change on l, or on any link when l is nil:
// without a scheduler everything that can be delivered is, and the timer is
// set to the next moment at which time alone changes something.
func (n *Network) settle(l *link) {
	if n.sched == nil && !n.closed {
		if l != nil {
			l.pump()
		} else {
			for _, l := range slices.Clone(n.live) {
				l.pump()
			}
		}
	}
	if n.sched != nil {
		// Who changed it may go on to wait without ever reaching a point.
		schedule.Wake()
	}
	n.arm()
}

// advance does what time and contexts have brought since anybody last looked,
// so that it makes no difference whether an operation or the callback of a
// timer or context comes first.
func (n *Network) advance() {
	if n.closed {
		return
	}
	if n.sched != nil && slices.ContainsFunc(n.live, (*link).expired) {
		for _, l := range slices.Clone(n.live) { // what is told may leave the list
			l.client.notice()
		}
	}
	if !n.faults.idle() && n.elapse(time.Now()) {
		n.settle(nil)
	}
}

// elapse fires what the time is up for, and reports whether there was any.
func (n *Network) elapse(now time.Time) (changed bool) {
	for i := range n.faults.plan {
		if !n.faults.elapse(i, now.Sub(n.start)) {
			continue
		}
		changed = true
		for _, l := range slices.Clone(n.live) {
			l.fire(i)
		}
	}
	broken := func(l *link) bool { return !l.breakAt.IsZero() && !now.Before(l.breakAt) }
	if !slices.ContainsFunc(n.live, broken) {
		return changed
	}
	for _, l := range slices.Clone(n.live) {
		if broken(l) {
			l.cut()
		}
	}
	return true
}

// arm sets the timer.
func (n *Network) arm() {
	if n.closed || n.faults.idle() {
		if n.timer != nil {
			n.timer.Stop()
		}
		return
	}
	next := n.faults.next(n.start)
	for _, l := range n.live {
		next = earliest(next, l.next())
	}
	switch {
	case next.IsZero() && n.timer != nil:
		n.timer.Stop()
	case next.IsZero():
	case n.timer == nil:
		n.timer = time.AfterFunc(time.Until(next), n.tick)
	default:
		n.timer.Reset(time.Until(next))
	}
}

func (n *Network) tick() {
	n.mu.Lock()
	n.advance()
	n.settle(nil)
	n.mu.Unlock()
	schedule.Wake()
}

// earliest is the earlier of two moments of which either may be none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func errNetworkClosed() error {
	return status.Error(codes.Unavailable, "network closed")
}
