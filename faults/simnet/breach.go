package simnet

import "fmt"

// breachesMax bounds what is remembered: the first ones tell the story.
const breachesMax = 64

// BreachKind says which rule of the stream contract was broken.
type BreachKind string

const (
	// ConcurrentSend is two calls of SendMsg, or of SendMsg and CloseSend, at
	// one end of a stream at the same time. Sends seldom wait, so that most
	// overlaps show only to the race detector.
	ConcurrentSend BreachKind = "concurrent send"
	// ConcurrentRecv is two calls of RecvMsg at one end at the same time.
	ConcurrentRecv BreachKind = "concurrent receive"
	// SendAfterClose is a client's SendMsg after CloseSend.
	SendAfterClose BreachKind = "send after close"
	// MessageTouched is a message that was changed between SendMsg and its
	// delivery. It is noticed under a scheduler only.
	MessageTouched BreachKind = "message touched after send"
	// LeakedStream is a client's stream that was open when the network closed:
	// its context not done, its RecvMsg without an error yet, its connection
	// open.
	LeakedStream BreachKind = "leaked stream"
	// LeakedConn is a connection that was open when the network closed.
	LeakedConn BreachKind = "leaked connection"
)

// Breach is one broken rule of the contract that grpc-go states for streams.
type Breach struct {
	Kind BreachKind
	Link string // "remote->peer#2"; for a connection "remote->peer"
	Side string // "client" or "server"
	What string // what was seen
}

// String is the breach as one line.
func (b Breach) String() string {
	return fmt.Sprintf("%s: %s of %s %s", b.Kind, b.Side, b.Link, b.What)
}

// Breaches lists the breaches so far, at most the first 64, in order.
func (n *Network) Breaches() []Breach {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]Breach(nil), n.breaches...)
}

func (n *Network) breach(b Breach) {
	if len(n.breaches) < breachesMax {
		n.breaches = append(n.breaches, b)
	}
}

func (n *Network) noteLeaks() {
	for _, l := range n.live {
		if c := l.client; !c.finished && c.ctx.Err() == nil {
			n.breach(Breach{LeakedStream, l.id, "client", "neither cancelled its context, nor read to the end, nor closed its connection"})
		}
	}
	for _, c := range n.conns {
		n.breach(Breach{LeakedConn, c.name, "client", "never closed it"})
	}
}
