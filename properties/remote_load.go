package properties

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// remoteLoad is what callers, handlers and dispatchers do in a case. All of
// it is drawn before the case begins.
type remoteLoad struct {
	callers [][]remoteOp
	// handlers and dispatchers hold what is done with each message, by its id.
	handlers, dispatchers map[int]behaviour
	messages              int
	// close is when Close is called although messages are under way; negative
	// is after everything was answered.
	close time.Duration
	// grace is how long Close may drain.
	grace time.Duration
	// looks is how often an observer reads Stats at moments of the schedule's
	// choice.
	looks int
}

// remoteOp is one call of a caller.
type remoteOp struct {
	id int
	// pause is how long the caller waits first.
	pause time.Duration
	// timeout bounds a Send; zero is none.
	timeout time.Duration
	// try is TrySend.
	try bool
}

// behaviour is what a callback of the suite does.
type behaviour struct {
	// hold is how long it takes.
	hold time.Duration
	// fails makes it return an error, panics makes it panic.
	fails, panics bool
	// sends are the ids of the messages that a dispatcher sends.
	sends []int
}

// drawRemoteLoad draws a workload of at most a dozen messages: small ones are
// enough to meet every pair of steps, and shrink well.
func drawRemoteLoad(c dice, n Network) remoteLoad {
	l := remoteLoad{handlers: make(map[int]behaviour), dispatchers: make(map[int]behaviour), close: -1, grace: n.seconds(60)}
	callers := between(c, "callers", 1, 3)
	for range callers {
		var ops []remoteOp
		for range between(c, "messages", 1, 4) * n.scale() {
			l.messages++
			op := remoteOp{id: l.messages}
			switch c.Choose(6, "op") {
			case 1:
				op.pause = pick(c, "pause", n.seconds(0.2), n.seconds(3))
			case 2:
				op.try = true
			case 3:
				op.timeout = pick(c, "timeout", n.seconds(0.05), n.seconds(2))
			}
			ops = append(ops, op)
		}
		l.callers = append(l.callers, ops)
	}
	// In a large load it is the first messages that are special.
	last := min(l.messages, 16)
	for id := 1; id <= last; id++ {
		l.handlers[id] = drawHandler(c, n)
	}
	for id := 1; id <= last; id++ {
		b := behaviour{}
		switch c.Choose(8, "dispatcher") {
		case 1:
			b.hold = pick(c, "dispatch takes", n.seconds(0.03), n.seconds(4))
		case 2:
			b.panics = true
		case 3:
			// The first may wait for room, the others are refused.
			for range between(c, "dispatcher sends", 1, 3) {
				l.messages++
				b.sends = append(b.sends, l.messages)
				l.handlers[l.messages] = behaviour{}
			}
		}
		l.dispatchers[id] = b
	}
	if chance(c, "close early", 4) {
		l.close = pick(c, "close at", 0, n.seconds(0.1), n.seconds(2))
		l.grace = pick(c, "grace", n.seconds(60), 0, n.seconds(1))
	}
	l.looks = pick(c, "looks", 0, 2)
	return l
}

func drawHandler(c dice, n Network) behaviour {
	switch c.Choose(7, "handler") {
	case 1:
		return behaviour{hold: pick(c, "handler takes", n.seconds(0.03), n.seconds(4))}
	case 2:
		return behaviour{fails: true}
	case 3:
		return behaviour{panics: true}
	}
	return behaviour{}
}

// String tells the load in one line.
func (l remoteLoad) String() string {
	var parts []string
	for i, ops := range l.callers {
		var words []string
		for _, op := range ops {
			w := "send"
			if op.try {
				w = "try"
			}
			w += " m" + strconv.Itoa(op.id)
			if op.pause > 0 {
				w = "wait " + op.pause.String() + ", " + w
			}
			if op.timeout > 0 {
				w += " within " + op.timeout.String()
			}
			words = append(words, w)
		}
		parts = append(parts, fmt.Sprintf("caller %d: %s", i+1, strings.Join(words, ", ")))
	}
	for id := 1; id <= l.messages; id++ {
		if s := l.handlers[id].String(); s != "" {
			parts = append(parts, fmt.Sprintf("handler of m%d %s", id, s))
		}
		if s := l.dispatchers[id].String(); s != "" {
			parts = append(parts, fmt.Sprintf("dispatcher of m%d %s", id, s))
		}
	}
	if l.close >= 0 {
		parts = append(parts, fmt.Sprintf("close at %v with %v to drain", l.close, l.grace))
	}
	return strings.Join(parts, "; ")
}

// String tells a behaviour in words; empty for the plain one.
func (b behaviour) String() string {
	var words []string
	if b.hold > 0 {
		words = append(words, "takes "+b.hold.String())
	}
	for _, id := range b.sends {
		words = append(words, fmt.Sprintf("sends m%d", id))
	}
	if b.fails {
		words = append(words, "fails")
	}
	if b.panics {
		words = append(words, "panics")
	}
	return strings.Join(words, " and ")
}

// messagePayload is the payload of message id; replyPayload that of the n-th
// answer to it. Both are unique in a case.
func messagePayload(id int) []byte   { return fmt.Appendf(nil, "m%d", id) }
func replyPayload(id, n int) []byte  { return fmt.Appendf(nil, "r%d.%d", id, n) }
func payloadID(p []byte) (int, bool) { return idAfter(p, 'm') }
func idAfter(p []byte, c byte) (int, bool) {
	if len(p) < 2 || p[0] != c {
		return 0, false
	}
	digits, _, _ := bytes.Cut(p[1:], []byte("."))
	id, err := strconv.Atoi(string(digits))
	return id, err == nil && id > 0
}

// drawRemoteWorld draws the bounds of a Remote, small ones first.
func drawRemoteWorld(c dice, n Network) *RemoteWorld {
	return &RemoteWorld{
		Mode:           pick(c, "mode", protocol.Async, protocol.Sync),
		Buffer:         between(c, "buffer", 1, 3) * n.scale(),
		Window:         between(c, "window", 1, 3) * n.scale(),
		FrameMessages:  between(c, "frame", 1, 3) * n.scale(),
		BackoffMin:     n.seconds(0.1),
		BackoffMax:     n.seconds(1),
		ConnectTimeout: n.seconds(5),
	}
}

// describe tells the bounds in one line.
func (w *RemoteWorld) describe() string {
	return fmt.Sprintf("mode=%v delivery=%v buffer=%d window=%d frame=%d", w.Mode, w.Delivery, w.Buffer, w.Window, w.FrameMessages)
}
