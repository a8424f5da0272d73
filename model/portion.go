package model

import (
	"context"
	"sync"
	"sync/atomic"
)

// portionStates is how many states are expanded together.
const portionStates = 64

// portion is some states of a level of a graph, on their way from the worker
// that expands them to the goroutine that enters their successors.
type portion[S comparable] struct {
	sources []S
	starts  []int // by source: where its successors begin
	states  []S   // the successors
	labels  []Label
	fps     []uint64
	to      []uint32 // their numbers, or none
	misuse  *misuse
}

// expand finds the successors of the states from begin to end and enters them.
// A worker takes an empty portion before it takes states to put into it, so
// that the one that is to be entered next always has a portion.
func (b *builder[S]) expand(ctx context.Context, begin, end int) error {
	size := min(portionStates, b.workers[0].tune.chunk)
	portions := (end - begin + size - 1) / size
	workers := b.workers[:min(len(b.workers), portions)]
	if len(workers) == 1 {
		return b.expandAlone(ctx, begin, end, size)
	}
	free := make(chan *portion[S], 4*len(workers))
	done := make([]chan *portion[S], cap(free))
	for i := range done {
		free <- &portion[S]{}
		done[i] = make(chan *portion[S], 1)
	}
	var next atomic.Int64
	var stop atomic.Bool
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(func() {
			for p := range free {
				i := int(next.Add(1)) - 1
				if i >= portions {
					return
				}
				from := begin + i*size
				if !stop.Load() {
					b.fill(w, p, from, min(from+size, end))
				}
				done[i%len(done)] <- p
			}
		})
	}
	var err error
	for i := range portions {
		p := <-done[i%len(done)]
		if err == nil {
			err = b.take(ctx, p)
			stop.Store(err != nil)
			if b.news.due() {
				b.tell(end - begin)
			}
		}
		free <- p
	}
	close(free)
	wg.Wait()
	return err
}

func (b *builder[S]) expandAlone(ctx context.Context, begin, end, size int) error {
	var p portion[S]
	frontier := end - begin
	for ; begin < end; begin += size {
		b.fill(b.workers[0], &p, begin, min(begin+size, end))
		if err := b.take(ctx, &p); err != nil {
			return err
		}
		if b.news.due() {
			b.tell(frontier)
		}
	}
	return nil
}

// take enters a portion, unless there is a reason not to.
func (b *builder[S]) take(ctx context.Context, p *portion[S]) error {
	switch sp := b.g.spec; {
	case p.misuse != nil:
		return &MisuseError{Spec: sp.Name, Size: sp.Size, State: p.misuse.state, Problem: p.misuse.problem}
	case ctx.Err() != nil:
		return b.g.interrupted(ctx)
	}
	return b.enter(p)
}

// fill expands the states from begin to end into the portion.
func (b *builder[S]) fill(w *worker[S], p *portion[S], begin, end int) {
	p.sources = b.index.copyStates(p.sources[:0], begin, end)
	p.starts = p.starts[:0]
	x := &w.x
	x.n = 0
	w.guarded(func() {
		for i := range p.sources {
			w.from = p.sources[i]
			p.starts = append(p.starts, w.generate(&p.sources[i]))
		}
		n := x.n
		for i := range n {
			w.fps[i] = fingerprint(bytesOf(&x.states[i]))
		}
		p.states = append(p.states[:0], x.states[:n]...)
		p.labels = append(p.labels[:0], x.labels[:n]...)
		p.fps = append(p.fps[:0], w.fps[:n]...)
		if cap(p.to) < n {
			p.to = make([]uint32, n)
		}
		p.to = p.to[:n]
		b.index.lookup(p.states, p.fps, p.to)
	})
	p.misuse, w.misuse = w.misuse, nil
}
