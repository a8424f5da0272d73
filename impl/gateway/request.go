package gateway

import (
	"container/list"
	"context"
	"slices"
	"time"
)

// Request is what a caller wants done.
type Request struct {
	// Payload is handed to a host as it is. Do copies it.
	Payload []byte
	// NonIdempotent says that running it twice does harm: once it was sent, it
	// is handed to another host only if every host before refused it unstarted.
	NonIdempotent bool
}

// request is one open Do, under the lock of its Gateway. It waits (it stands
// in the queue), or it is reserved (reservation is live), or it is finished.
type request struct {
	seq           uint64
	payload       []byte
	nonIdempotent bool
	deadline      time.Time // of the caller; zero for none

	// place is where it stands: in the waiting queue while it waits, among the
	// due while its attempt is due; nil otherwise.
	place *list.Element
	// since is when it entered the queue last, and waited how long it stood
	// there before.
	since  time.Time
	waited time.Duration

	reservation *Reservation
	reservedAt  time.Time
	// overdue is set when ReassignAfter has passed since reservedAt.
	overdue bool
	// tried holds the hosts at which it had a reservation.
	tried []string
	// sent counts its attempts that were sent, exposed those among them that
	// were not refused: they may have been run.
	sent, exposed int

	finished bool
	response []byte
	err      error
	// done is closed when it is finished. changed tells the waiting Do that
	// its next instant is another.
	done    chan struct{}
	changed chan struct{}
}

func newRequest(ctx context.Context, q Request) *request {
	deadline, _ := ctx.Deadline()
	return &request{
		payload: slices.Clone(q.Payload), nonIdempotent: q.NonIdempotent, deadline: deadline,
		done: make(chan struct{}), changed: make(chan struct{}, 1),
	}
}

func (r *request) waiting() bool { return !r.finished && r.reservation == nil }

// due reports whether its attempt is overdue and may move: it competes with
// those that wait.
func (r *request) due() bool { return r.reservation != nil && r.place != nil }

// movable reports whether the request may be sent once more, to another host.
func (r *request) movable(maxAttempts int) bool {
	return r.sent < maxAttempts && !(r.nonIdempotent && r.exposed > 0)
}

// try remembers the host. The oldest is forgotten at the bound, which is the
// number of hosts that can be attached at a time.
func (r *request) try(host string, hosts int) {
	if slices.Contains(r.tried, host) {
		return
	}
	if len(r.tried) >= hosts {
		r.tried = slices.Delete(r.tried, 0, 1)
	}
	r.tried = append(r.tried, host)
}

// poke makes the Do look at its next instant again.
func (r *request) poke() { wake(r.changed) }

// wake leaves one message in c, a channel with room for one, unless one is
// there already: whoever reads it looks at the state, not at the count.
func wake(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
