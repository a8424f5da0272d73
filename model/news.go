package model

import "time"

// news tells the caller how far a graph is. Nil tells nobody.
type news struct {
	to    func(Progress)
	began time.Time
	last  time.Time
	known int // how many states there will be, or 0
}

// newNews returns nil if nobody listens.
func newNews(o Options) *news {
	if o.Progress == nil {
		return nil
	}
	now := time.Now()
	return &news{to: o.Progress, began: now, last: now}
}

// due reports whether the last news are old.
func (n *news) due() bool { return n != nil && time.Since(n.last) >= progressEvery }

// tell completes p, of a graph of which so many states were expanded.
func (n *news) tell(p Progress, expanded int) {
	n.last = time.Now()
	p.Elapsed = n.last.Sub(n.began)
	if n.known > expanded && expanded > 0 {
		p.Left = time.Duration(float64(p.Elapsed) * float64(n.known-expanded) / float64(expanded))
	}
	n.to(p)
}
