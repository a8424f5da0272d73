package simnet

import (
	"strconv"
	"time"

	"google.golang.org/grpc/metadata"

	"github.com/weir-dev/weir/faults"
)

type frameKind uint8

const (
	opening   frameKind = iota // the server starts its handler
	message                    // either way
	halfClose                  // the client sends no more
	header                     // the server sent its header on its own
	trailer                    // the handler has returned
)

// frame is what travels on a pipe.
type frame struct {
	kind    frameKind
	name    string // of the action that delivers it
	payload []byte
	sent    any         // the message as the sender holds it
	header  metadata.MD // on the first frame down
	trailer metadata.MD
	err     error     // what a trailer tells the client
	due     time.Time // not before; zero: at any time
}

// frameOverhead is what gRPC puts before each message; it also bounds how many
// empty messages a quota takes.
const frameOverhead = 5

func (f *frame) cost() int {
	if f.kind != message {
		return 0
	}
	return len(f.payload) + frameOverhead
}

// pipe is one direction of a link: plain data under the network's lock.
type pipe struct {
	dir   faults.Direction
	label string  // "remote->peer#1 up"
	queue []frame // sent, not arrived, in order
	inbox [][]byte
	used  int  // bytes sent and not read
	ended bool // a half-close has arrived

	sent, arrived, arrivedBytes int // messages and their bytes

	hole     bool      // half-open: nothing arrives any more
	stalled  bool      // nothing arrives until stallEnd
	stallEnd time.Time // zero: until healed
	latency  time.Duration
	hold     time.Duration // for the next frame that a delay may hold
}

// push sends a frame.
func (p *pipe) push(f frame) {
	wait := p.latency
	if f.kind != opening {
		wait += p.hold
		p.hold = 0
	}
	if wait > 0 {
		f.due = time.Now().Add(wait)
	}
	if f.kind == message {
		p.sent++
		f.name = "deliver " + p.label + " " + strconv.Itoa(p.sent)
	}
	p.used += f.cost()
	p.queue = append(p.queue, f)
}

// pop takes the frame that arrives.
func (p *pipe) pop() frame {
	f := p.queue[0]
	p.queue[0] = frame{}
	p.queue = p.queue[1:]
	return f
}

// read takes the message that is read.
func (p *pipe) read() []byte {
	data := p.inbox[0]
	p.inbox[0] = nil
	p.inbox = p.inbox[1:]
	p.used -= len(data) + frameOverhead
	return data
}

// drop loses what is in flight.
func (p *pipe) drop() {
	for i := range p.queue {
		p.used -= p.queue[i].cost()
	}
	p.queue = nil
}

// ready reports whether the first frame can arrive.
func (p *pipe) ready(now time.Time) bool {
	return len(p.queue) > 0 && !p.hole && !p.opens().After(now) && !p.shut()
}

// shut reports a stall without an end but the healing.
func (p *pipe) shut() bool { return p.stalled && p.stallEnd.IsZero() }

// opens is the moment from which the first frame can arrive, as far as time
// decides it.
func (p *pipe) opens() time.Time {
	due := p.queue[0].due
	if p.stalled && p.stallEnd.After(due) {
		return p.stallEnd
	}
	return due
}

// next is the future moment at which time alone makes the pipe ready, or none.
func (p *pipe) next(now time.Time) time.Time {
	if len(p.queue) == 0 || p.hole || p.shut() {
		return time.Time{}
	}
	if t := p.opens(); t.After(now) {
		return t
	}
	return time.Time{}
}

// delay holds back the first frame in flight, or else the next one sent. The
// opening is never the one, because faults are about what a link carries.
func (p *pipe) delay(d time.Duration) {
	for i := range p.queue {
		if f := &p.queue[i]; f.kind != opening {
			if due := time.Now().Add(d); due.After(f.due) {
				f.due = due
			}
			return
		}
	}
	p.hold += d
}

// stall lets nothing arrive for a time; 0 is until healed. The longest of
// several stalls counts.
func (p *pipe) stall(d time.Duration) {
	switch {
	case d == 0:
		p.stallEnd = time.Time{}
	case p.shut():
	default:
		if end := time.Now().Add(d); end.After(p.stallEnd) {
			p.stallEnd = end
		}
	}
	p.stalled = true
}

// heal lets everything arrive.
func (p *pipe) heal() {
	p.stalled, p.stallEnd, p.latency, p.hold = false, time.Time{}, 0, 0
	for i := range p.queue {
		p.queue[i].due = time.Time{}
	}
}
