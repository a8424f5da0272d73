package remote

// ring is a first-in first-out queue that keeps its storage. Its owner bounds
// it; it grows by doubling up to what its owner puts in.
type ring[T any] struct {
	items []T // length is zero or a power of two
	head  int
	n     int
}

// push appends v.
func (q *ring[T]) push(v T) {
	if q.n == len(q.items) {
		grown := make([]T, max(8, 2*len(q.items)))
		for i := range q.n {
			grown[i] = *q.at(i)
		}
		q.items, q.head = grown, 0
	}
	q.items[(q.head+q.n)&(len(q.items)-1)] = v
	q.n++
}

// at returns the element i places behind the front; i must lie in [0, q.n).
func (q *ring[T]) at(i int) *T { return &q.items[(q.head+i)&(len(q.items)-1)] }

// pop removes and returns the front; the queue must not be empty. The place is
// zeroed, so that a payload lives no longer than its turn.
func (q *ring[T]) pop() T {
	front := q.at(0)
	v := *front
	var zero T
	*front = zero
	q.head = (q.head + 1) & (len(q.items) - 1)
	q.n--
	return v
}

// drop empties the queue and gives its storage back.
func (q *ring[T]) drop() { *q = ring[T]{} }
