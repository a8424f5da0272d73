package properties

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// Record is one entry of a history: an event that the implementation traced,
// or an observation that the suite made at its own side of the API.
type Record struct {
	// At is the time since the case began; virtual in a bubble.
	At time.Duration
	// Event is what the implementation traced; its Kind is zero for an
	// observation.
	Event protocol.Event
	// Observed is what the suite saw; zero for an event.
	Observed Observation
}

// Observation is one thing that the suite saw itself, without a tracer.
type Observation struct {
	Kind ObservationKind
	// ID identifies the payload: every payload of a case is unique. Zero where
	// the observation is about none.
	ID int
	// Caller numbers the goroutine of the suite, from 1.
	Caller int
	// Party is who was called: "remote", "peer", "gateway" or a host.
	Party string
	// Attempt is the attempt that a host was given; gateway only.
	Attempt uint64
	// Seq is what Send returned; remote only.
	Seq uint64
	// Result is what was dispatched, without its payloads; remote only.
	Outcome protocol.Outcome
	Reason  protocol.Reason
	// Payload is the digest of what was handed over: the reply of a handler, the
	// reply given to a dispatcher, the response of Do.
	Payload uint64
	// Err is the text of the error that a call returned; empty for none.
	Err string
}

// ObservationKind says what the suite saw.
type ObservationKind uint8

// The kinds of observations. A call is seen when it is made and when it
// returns, so that a history has real-time order.
const (
	ObservedNone   ObservationKind = iota
	SendCall                       // Send or TrySend is about to be called
	SendAccepted                   // it returned without an error
	SendRefused                    // it returned an error
	HandlerCall                    // a handler was called
	HandlerReturn                  // a handler is about to return
	DispatchCall                   // the dispatcher was called
	DispatchReturn                 // the dispatcher is about to return
	DoCall                         // Do is about to be called
	DoReturn                       // Do returned
	CloseCall                      // Close is about to be called
	CloseReturn                    // Close returned
	HostAttach                     // a scripted host is about to say hello
	HostAnswer                     // a scripted host is about to send an answer
	HostGone                       // a scripted host has lost its attachment
)

var observationNames = [...]string{"", "send call", "send accepted", "send refused", "handler call", "handler return",
	"dispatch call", "dispatch return", "do call", "do return", "close call", "close return", "host attach", "host answer", "host gone"}

// String returns the kind in words, as in "handler call".
func (k ObservationKind) String() string {
	if int(k) < len(observationNames) {
		return observationNames[k]
	}
	return fmt.Sprintf("observation(%d)", uint8(k))
}

// String returns the observation in one line, without times or addresses, so
// that the same case gives the same text.
func (o Observation) String() string {
	s := o.Kind.String()
	if o.Party != "" {
		s += " at " + o.Party
	}
	if o.ID != 0 {
		s += fmt.Sprintf(" m%d", o.ID)
	}
	if o.Attempt != 0 {
		s += fmt.Sprintf(" attempt %d", o.Attempt)
	}
	if o.Outcome != protocol.OutcomeNone {
		s += " " + o.Outcome.String()
	}
	if o.Reason != protocol.ReasonNone {
		s += " (" + o.Reason.String() + ")"
	}
	if o.Err != "" {
		s += ": " + o.Err
	}
	return s
}

// Recorder collects the history of one case. It is a protocol.Tracer, never
// blocks, and may be used by any number of goroutines; the order of its
// records is the order in which they were made.
type Recorder struct {
	mu      sync.Mutex
	start   time.Time
	records []Record
	max     int
	dropped int
}

// NewRecorder returns a recorder that keeps at most max records and counts
// the rest; zero means 1<<20.
func NewRecorder(max int) *Recorder {
	if max == 0 {
		max = 1 << 20
	}
	return &Recorder{start: time.Now(), max: max, records: make([]Record, 0, min(max, recordsMany))}
}

// recordsMany is room for what most simulated cases record.
const recordsMany = 80

func (r *Recorder) add(rec Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.records) >= r.max {
		r.dropped++
		return
	}
	rec.At = time.Since(r.start)
	r.records = append(r.records, rec)
}

// Trace records an event of the implementation.
func (r *Recorder) Trace(e protocol.Event) { r.add(Record{Event: e}) }

// Observe records an observation of the suite.
func (r *Recorder) Observe(o Observation) { r.add(Record{Observed: o}) }

// Records returns what was recorded so far, and how many records were dropped
// because the recorder was full. What is recorded later isn't in it, and nobody
// changes what is: the caller must not either.
func (r *Recorder) Records() (records []Record, dropped int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clip(r.records), r.dropped
}

// Len returns the number of records so far.
func (r *Recorder) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.records)
}
