package properties

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol"
)

// toyRemote is a legal but odd Remote: it has no peer and no network, and
// handles and dispatches each message inside Send. What is wrong with it is
// told by its defect.
type toyRemote struct {
	w      *RemoteWorld
	defect func(*toyRemote, *protocol.Result)
	// turn is held by the one who sends; closed ends it all.
	turn   chan struct{}
	closed chan struct{}
	once   sync.Once
	seq    uint64
	// forced is set by a Close that gave up waiting.
	forced atomic.Bool
	// lost counts messages that were never dispatched.
	lost int
}

// toyMaker makes Remotes with a defect: early is what the maker does, late
// what each message does just before it is dispatched; nil is nothing.
func toyMaker(early func(*RemoteWorld), late func(*toyRemote, *protocol.Result)) func(*RemoteWorld) Remote {
	return func(w *RemoteWorld) Remote {
		if early != nil {
			early(w)
		}
		return &toyRemote{w: w, defect: late, turn: make(chan struct{}, 1), closed: make(chan struct{})}
	}
}

type toyDispatch struct{}

func (r *toyRemote) Send(ctx context.Context, payload []byte) (uint64, error) {
	if ctx.Value(toyDispatch{}) != nil {
		return 0, protocol.ErrFull
	}
	select {
	case <-r.closed:
		return 0, protocol.ErrClosed
	default:
	}
	select {
	case r.turn <- struct{}{}:
	case <-r.closed:
		return 0, protocol.ErrClosed
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	schedule.Point("resume")
	defer func() { <-r.turn }()
	r.seq++
	result := protocol.Result{Seq: r.seq, Message: payload, Outcome: protocol.Replied}
	result.Reply, result.Err = r.handle(payload)
	if r.defect != nil {
		r.defect(r, &result)
	}
	if result.Outcome == protocol.OutcomeNone || r.forced.Load() {
		r.lost++
	} else {
		r.dispatch(result)
	}
	return result.Seq, nil
}

func (r *toyRemote) handle(payload []byte) (reply []byte, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("handler panicked")
		}
	}()
	return r.w.Handle(context.Background(), payload)
}

func (r *toyRemote) dispatch(result protocol.Result) {
	defer func() { recover() }()
	r.w.Dispatch(context.WithValue(context.Background(), toyDispatch{}, true), result)
}

func (r *toyRemote) Close(ctx context.Context) error {
	r.once.Do(func() { close(r.closed) })
	select {
	case r.turn <- struct{}{}:
		schedule.Point("resume")
		defer func() { <-r.turn }()
		if r.lost > 0 {
			return fmt.Errorf("%d messages are lost", r.lost)
		}
		return nil
	case <-ctx.Done():
		schedule.Point("resume")
		r.forced.Store(true)
		return ctx.Err()
	}
}

// toySettings are quick ones.
func toySettings(t *testing.T) settings {
	return settings{
		networks: []Network{Simulated}, cases: map[Network]int{Simulated: 60, Virtual: 2, Loopback: 2},
		budget: time.Minute, seed: 1, dir: t.TempDir(), command: "replay %s", workers: 1, shrink: true, stuck: 20 * time.Second,
	}
}

// runToy runs a suite in child processes as a test would and returns what it
// came to, or false in the child itself.
func runToy(t *testing.T, s suite, set settings) (*parent, result, bool) {
	t.Helper()
	if isChild() {
		if j, ok := myJob(t); ok {
			child(t, s, j)
		}
		return nil, result{}, false
	}
	p := newParent(t, s, set)
	return p, p.explore(set.networks[0]), true
}

// toyRemoteSuite runs Remotes of a maker.
func toyRemoteSuite(mk func(*RemoteWorld) Remote) suite {
	return suite{protocol: "remote", run: func(t *testing.T, n Network, c *choices) *outcome { return runRemote(t, mk, n, c) }}
}
