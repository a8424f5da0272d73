package simnet

import (
	"context"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/faults"
	"github.com/weir-dev/weir/faults/schedule"
)

// link is one generation of a link: a stream with its two ends and its two
// pipes. Everything in it is under the network's lock.
type link struct {
	n          *Network
	conn       *Conn
	name       string // "remote->peer"
	generation int
	id         string // "remote->peer#1"
	method     string
	to         *server

	up, down *pipe
	client   *clientStream
	server   *serverStream

	accepted bool
	serving  bool // the handler runs
	broken   bool // cut: nothing arrives any more
	resets   bool // the client gave up and the server isn't told

	actions [events]schedule.Action // those offered last, by kind
	chances []schedule.Action       // those for the faults, by place in matching; made when first offered

	matching []int     // faults of the plan that may fire here
	fired    []bool    // by place in matching
	breakAt  time.Time // a half-open link's end
	changed  chan struct{}
	gone     bool // off the list of live links
}

// Link is what can be seen of a link. It is a copy.
type Link struct {
	Name       string // "remote->peer"
	Generation int    // from 1
	Method     string // full name
	Open       bool   // an end takes it to be open: it isn't told otherwise
	Serving    bool   // the server's handler has started and not returned
	Finished   bool   // the client read to the end, cancelled or closed
	// Messages that were sent, and that arrived at the other end.
	UpSent, UpArrived, DownSent, DownArrived int
}

// String is the name of the generation: "remote->peer#2".
func (l Link) String() string { return linkID(l.Name, l.Generation) }

// Links lists the links in the order they were opened, those that ended before
// those that live, at most 4096 of each.
func (n *Network) Links() []Link {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.advance()
	all := slices.Clone(n.ended)
	for _, l := range n.live {
		all = append(all, l.info())
	}
	return all
}

func (l *link) info() Link {
	return Link{
		Name: l.name, Generation: l.generation, Method: l.method,
		Open: !l.client.told || !l.server.told, Serving: l.serving, Finished: l.client.finished,
		UpSent: l.up.sent, UpArrived: l.up.arrived, DownSent: l.down.sent, DownArrived: l.down.arrived,
	}
}

func newLink(c *Conn, generation int, method string, to *server) *link {
	id := linkID(c.name, generation)
	l := &link{
		n: c.n, conn: c, name: c.name, generation: generation, id: id, method: method, to: to,
		up:   &pipe{dir: faults.Up, label: id + " up"},
		down: &pipe{dir: faults.Down, label: id + " down"},
	}
	for i, f := range c.n.faults.plan {
		if f.Kind != faults.Refuse && f.Matches(l.name, generation) {
			l.matching = append(l.matching, i)
		}
	}
	l.fired = make([]bool, len(l.matching))
	return l
}

// accept starts the server's handler.
func (l *link) accept() {
	l.accepted = true
	m, ok := l.to.methods[l.method]
	if !ok {
		l.returned(status.Errorf(codes.Unimplemented, "unknown method %s at %s", l.method, l.to.party))
		return
	}
	l.serving = true
	l.to.handled++
	l.server.begin(m.desc, l.serverContext())
	serve := func() { l.serve(m) }
	if l.n.sched == nil {
		go serve()
		return
	}
	l.n.sched.Go(linkID(l.to.party+".serve", l.to.handled), serve)
}

// serverContext carries over what gRPC does: metadata, deadline, peer.
func (l *link) serverContext() context.Context {
	ctx := peer.NewContext(context.Background(), &peer.Peer{Addr: address(l.conn.from)})
	sent, _ := metadata.FromOutgoingContext(l.client.parent)
	return metadata.NewIncomingContext(ctx, sent)
}

// serve is the life of a handler's goroutine. A panic or Goexit of the handler
// passes through, and ends the stream on its way.
func (l *link) serve(m method) {
	err := status.Error(codes.Internal, "handler ended without returning")
	defer func() {
		l.n.mu.Lock()
		defer l.n.mu.Unlock()
		l.serving = false
		l.returned(err)
		l.n.settle(l)
	}()
	err = m.serve(l.server)
}

// returned ends the stream with what the handler returned.
func (l *link) returned(err error) {
	s, ok := status.FromError(err)
	if !ok {
		s = status.FromContextError(err)
	}
	if !l.server.told && !l.broken && !l.client.told {
		end := frame{kind: trailer, name: "close " + l.down.label, err: s.Err(), trailer: l.server.trailer, header: l.server.takeHeader()}
		l.down.push(end)
	}
	l.server.closed = true
	l.tellServer()
}

// tellServer lets the server know that the link has ended.
func (l *link) tellServer() {
	l.resets = false
	l.up.drop()
	if !l.server.told {
		l.server.told, l.server.err = true, l.server.gone()
		l.server.cancel()
	}
	l.wake()
}

// tellClient lets the client know that the link has ended. err is what RecvMsg
// returns; io.EOF is the good end.
func (l *link) tellClient(err error) {
	l.down.drop()
	if !l.client.told {
		l.client.told, l.client.err = true, err
	}
	l.wake()
}

// cut loses what is in flight; the ends aren't told yet.
func (l *link) cut() {
	l.breakAt = time.Time{}
	if l.broken {
		return
	}
	l.broken = true
	l.resets = false
	l.up.drop()
	l.down.drop()
	if !l.accepted {
		l.tellServer()
	}
	l.wake() // sends that wait for quota can go on, into nowhere
}

func errLost(l *link) error { return status.Error(codes.Unavailable, "link lost: "+l.id) }

// shut ends the link at both ends at once.
func (l *link) shut() {
	l.cut()
	l.tellServer()
	l.client.finish(errNetworkClosed())
}

// heal undoes what faults do to the link. A hole can't be undone.
func (l *link) heal() {
	l.breakAt = time.Time{}
	if l.up.hole || l.down.hole {
		l.cut()
	}
	l.up.heal()
	l.down.heal()
}

// wake lets everybody who waits on the link look again, and takes the link off
// the list once nothing can happen on it any more.
func (l *link) wake() {
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
	if l.gone || !l.client.finished || !l.client.told || !l.server.told || l.serving {
		return
	}
	l.gone = true
	n := l.n
	n.live = slices.DeleteFunc(n.live, func(o *link) bool { return o == l })
	if len(n.ended) == linksMax {
		n.ended = n.ended[1:]
	}
	n.ended = append(n.ended, l.info())
}

// await waits until ready holds, as a point of the schedule or as an ordinary
// wait. It is called with the lock held, returns with it held, and holds it
// while ready runs, but not while it waits.
func (l *link) await(point string, ready func() bool) {
	mu := &l.n.mu
	mu.Unlock()
	defer mu.Lock()
	locked := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return ready()
	}
	if schedule.Await(point, locked) {
		return
	}
	for {
		mu.Lock()
		if ready() {
			mu.Unlock()
			return
		}
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed := l.changed
		mu.Unlock()
		<-changed
	}
}

// address is a party as a net.Addr.
type address string

// Network implements net.Addr.
func (address) Network() string { return "simnet" }

// String implements net.Addr.
func (a address) String() string { return string(a) }
