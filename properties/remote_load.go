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
	// closes are further calls of Close beside an early one; again is whether it
	// is called once more when it has returned.
	closes []closing
	again  bool
	// peer is an early ClosePeer, none if its time is negative.
	peer closing
	// connects is what becomes of the first attempts to connect; the others
	// succeed.
	connects []connectKind
	// shared is whether every link is made on one connection, which stays open;
	// quota bounds the bytes that a stream takes before they are read, zero is the
	// default; repeats is the frame of replies that the peer sends twice, from 1.
	shared         bool
	quota, repeats int
	// padding is how many bytes each payload is longer than it must be.
	padding int
	// looks is how often an observer reads Stats at moments of the schedule's
	// choice.
	looks int
}

// closing is one call of Close: when, and how long it may take.
type closing struct{ at, grace time.Duration }

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
			case 1, 4:
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
		for range pick(c, "more closes", 0, 1, 2) {
			l.closes = append(l.closes, drawClosing(c, n))
		}
	}
	l.looks = pick(c, "looks", 0, 2)
	l.drawAround(c, n)
	return l
}

// drawClosing draws a call of Close.
func drawClosing(c dice, n Network) closing {
	return closing{pick(c, "close at", 0, n.seconds(0.1), n.seconds(2)), pick(c, "grace", 0, n.seconds(1), n.seconds(60))}
}

// drawAround draws what surrounds the Remote and is rare.
func (l *remoteLoad) drawAround(c dice, n Network) {
	l.peer.at = -1
	switch c.Choose(16, "around") {
	case 8, 9, 10:
		for range between(c, "odd connects", 1, 4) {
			l.connects = append(l.connects, pick(c, "connect", connectFails, connectSlow, connects, connectHangs))
		}
	case 11:
		l.peer = drawClosing(c, n)
	case 12:
		l.again = true
	case 13:
		l.shared = n == Simulated
	case 14, 15:
		l.repeats = between(c, "repeated replies", 1, 2)
	}
	if chance(c, "small quota", 4) {
		l.quota = 1
	}
}

// around tells what drawAround has drawn.
func (l remoteLoad) around() (parts []string) {
	for i, kind := range l.connects {
		if kind != connects {
			parts = append(parts, fmt.Sprintf("attempt %d to connect %s", i+1, connectNames[kind]))
		}
	}
	for _, other := range l.closes {
		parts = append(parts, fmt.Sprintf("close also at %v with %v to drain", other.at, other.grace))
	}
	if l.again {
		parts = append(parts, "close once more at the end")
	}
	if l.peer.at >= 0 {
		parts = append(parts, fmt.Sprintf("close the peer at %v with %v to drain", l.peer.at, l.peer.grace))
	}
	if l.shared {
		parts = append(parts, "all links on one connection")
	}
	if l.quota > 0 {
		parts = append(parts, fmt.Sprintf("streams take %d bytes ahead of the reader", l.quota))
	}
	if l.repeats > 0 {
		parts = append(parts, fmt.Sprintf("the peer sends its replies number %d twice", l.repeats))
	}
	return parts
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
	return strings.Join(append(parts, l.around()...), "; ")
}

// payload is that of message id in this load, reply that of the n-th answer to
// it.
func (l *remoteLoad) payload(id int) []byte  { return l.pad(messagePayload(id)) }
func (l *remoteLoad) reply(id, n int) []byte { return l.pad(replyPayload(id, n)) }

// pad makes a payload longer; what follows a dot is no part of its number.
func (l *remoteLoad) pad(p []byte) []byte {
	if l.padding == 0 {
		return p
	}
	return append(append(p, '.'), make([]byte, l.padding)...)
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
	w := &RemoteWorld{
		Mode:           pick(c, "mode", protocol.Async, protocol.Sync),
		Buffer:         between(c, "buffer", 1, 3) * n.scale(),
		Window:         between(c, "window", 1, 3) * n.scale(),
		FrameMessages:  between(c, "frame", 1, 3) * n.scale(),
		BackoffMin:     n.seconds(0.1),
		BackoffMax:     n.seconds(1),
		ConnectTimeout: n.seconds(5),
	}
	switch c.Choose(16, "small bounds") {
	case 12, 13:
		w.FrameBytes = frameBytesSmall
	case 14:
		w.PeerQueue = 1
	case 15:
		w.Sessions = 1
	}
	return w
}

// frameBytesSmall is the least bound of a frame, and paddingBytes what makes
// one payload fit into it, and two not.
const frameBytesSmall, paddingBytes = 1 << 10, 600

// describe tells the bounds in one line.
func (w *RemoteWorld) describe() string {
	s := fmt.Sprintf("mode=%v delivery=%v buffer=%d window=%d frame=%d", w.Mode, w.Delivery, w.Buffer, w.Window, w.FrameMessages)
	if w.FrameBytes > 0 {
		s += fmt.Sprintf(" frame-bytes=%d", w.FrameBytes)
	}
	if w.PeerQueue > 0 {
		s += fmt.Sprintf(" peer-queue=%d", w.PeerQueue)
	}
	if w.Sessions > 0 {
		s += fmt.Sprintf(" sessions=%d", w.Sessions)
	}
	return s
}
