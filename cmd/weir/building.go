package main

import (
	"context"
	"slices"
)

// building is a binary that is being built.
type building struct {
	ready chan struct{}
	built built
	err   error
}

// startBuilding builds in the background, one kind after the other, while the
// models are checked; v.stopBuilding ends that.
func (v *verification) startBuilding(ctx context.Context, kinds ...buildKind) {
	ctx, cancel := context.WithCancel(ctx)
	for _, kind := range kinds {
		v.builds[kind] = &building{ready: make(chan struct{})}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for _, kind := range kinds {
			b := v.builds[kind]
			if b.err = ctx.Err(); b.err == nil {
				b.built, b.err = v.build(ctx, kind, v.bugsIn(kind))
			}
			close(b.ready)
		}
	}()
	v.stopBuilding = func() {
		cancel()
		<-ended
	}
}

// bugsIn are the planted bugs that are built in. Those of the woven binary are
// all, so that there is one for whatever is run; real gRPC is left to the
// implementation as it is, unless one case of a bug is run there.
func (v *verification) bugsIn(kind buildKind) []bug {
	if kind == woven {
		return v.bugs
	}
	return slices.DeleteFunc(slices.Clone(v.bugs), func(in bug) bool { return in.id != v.plant })
}

// binary waits for one that was started, off the clock.
func (v *verification) binary(ctx context.Context, kind buildKind) (built, error) {
	b := v.builds[kind]
	v.budget.building(func() {
		defer v.progress.while("building the implementation, %s", kind.title())()
		select {
		case <-b.ready:
		case <-ctx.Done():
		}
	})
	if ctx.Err() != nil {
		return built{}, ctx.Err()
	}
	return b.built, b.err
}
