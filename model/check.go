package model

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"
)

const (
	// MaxWorkers is the largest number of workers.
	MaxWorkers = 256
	// DefaultMaxStates is the bound on distinct states when Options has none.
	DefaultMaxStates = 200_000_000
	// DefaultMaxBytes is the bound on memory when Options has none.
	DefaultMaxBytes = 4 << 30
	// progressEvery is the time between two calls of Options.Progress within a
	// level.
	progressEvery = 200 * time.Millisecond
)

// Options say how to search, never what is true: verdicts, counts and stories
// do not depend on them, as long as the search is complete. The zero value is
// usable.
type Options struct {
	// Workers is the number of goroutines that expand states, at most
	// [MaxWorkers]. 0: GOMAXPROCS.
	Workers int
	// MaxStates ends the search, undecided, once there are more distinct
	// states; it is noticed a few thousand states late. 0: [DefaultMaxStates].
	MaxStates int
	// MaxBytes ends the search, undecided, before what it keeps of states needs
	// more memory. 0: [DefaultMaxBytes].
	MaxBytes int64
	// Progress is called after every level and a few times a second within
	// one, always on the goroutine that called [Check]; the search does not
	// wait for it within a level. Nil: no reports.
	Progress func(Progress)
	// Exact keeps whole states instead of fingerprints: somewhat slower, larger
	// by the states' bytes, and without the chance of a collision.
	Exact bool

	// Unreduced ignores the spec's Symmetry and Independent.
	Unreduced bool

	tune tuning
}

// tuning holds sizes that change nothing but speed. Tests make them small, so
// that small state spaces fill tables, split levels and end batches too.
type tuning struct {
	places  int  // of a new table, a power of two
	batch   int  // successors that a worker collects before it adds them
	chunk   int  // states that are handed to a worker at a time
	careful int  // states up to which every state is expanded twice
	heap    bool // see budget
}

var defaultTuning = tuning{places: 1 << 16, batch: 256, chunk: 2048, careful: 4096}

// Progress is how far a search has come. Within a level its numbers lag behind.
type Progress struct {
	Spec, Size string
	// Graph: the search is over, and the graph for the laws on whole runs is
	// being built.
	Graph         bool
	States, Edges int
	Depth         int // how many levels were begun
	Frontier      int // how many states the level being expanded, or the next, has
	Bytes         int64
	Elapsed       time.Duration
	// Left is an estimate of the time to the end of the search, from how the
	// growth of the levels changes, or to the end of the graph, from the number
	// of states that the search has found; 0 while no end is in sight.
	Left time.Duration
}

// withDefaults fills in zero fields and refuses what makes no sense.
func (o Options) withDefaults() (Options, error) {
	switch {
	case o.Workers < 0 || o.Workers > MaxWorkers:
		return o, fmt.Errorf("model: Options.Workers is %d: use 1 to %d, or 0 for GOMAXPROCS", o.Workers, MaxWorkers)
	case o.MaxBytes < 0:
		return o, fmt.Errorf("model: Options.MaxBytes is %d: use a positive number of bytes, or 0 for %d", o.MaxBytes, int64(DefaultMaxBytes))
	case o.MaxStates < 0:
		return o, fmt.Errorf("model: Options.MaxStates is %d: use a positive number of states, or 0 for %d", o.MaxStates, DefaultMaxStates)
	}
	if o.Workers == 0 {
		o.Workers = min(runtime.GOMAXPROCS(0), MaxWorkers)
	}
	if o.MaxStates == 0 {
		o.MaxStates = DefaultMaxStates
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.tune == (tuning{}) {
		o.tune = defaultTuning
	}
	return o, nil
}

// budget is the memory that a run with these options may take.
func (o Options) budget() *budget { return &budget{limit: o.MaxBytes, heap: o.tune.heap} }

// Check explores every state of the spec that can be reached, nearest first,
// and judges its laws.
//
// It ends when all states were expanded; at the end of the level in which an
// Always law was violated or a deadlock met; or, undecided, when ctx is done,
// or MaxStates or MaxBytes exceeded. What it finds is in the Result, also if it
// ended early. Eventually and LeadsTo laws are judged after all others, if
// none of those is violated, on the whole graph.
//
// The error is a [*VacuityError], beside the Result, if all laws are held but
// some law or action says nothing. With any other error there is no Result: a
// [*MisuseError] if the spec is misused, and an error if the options are out of
// range, or if two fingerprints collided in such a way that the story of a
// violation is not found again. Rebuilding a story may take MaxStates again and
// more, up to the end of the level.
//
// Check may be called concurrently, also with the same spec.
func Check[S comparable](ctx context.Context, sp *Spec[S], o Options) (*Result[S], error) {
	if err := sp.validate(); err != nil {
		return nil, err
	}
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := newSearch(sp, o)
	err = s.run(ctx)
	r := s.result(ctx)
	s.free()
	if err != nil {
		return nil, err
	}
	switch law, steps := s.shortestViolation(); {
	case law >= 0:
		o.MaxStates = math.MaxInt // steps bounds it: at most to the end of the level
		r.Violation, err = story(ctx, sp, o, law, steps)
		if err != nil && ctx.Err() == nil {
			return nil, err
		}
		return r, nil
	case r.Complete && sp.live():
		if err := judgeLive(ctx, sp, o, r); err != nil {
			return nil, err
		}
	}
	if r.Complete && r.Verdict == Held {
		return r, s.vacuity(r)
	}
	return r, nil
}
