package gateway

import "container/list"

// queue holds requests by age, oldest first: those that wait, or those that
// are due. A request is in at most one queue at a time and keeps its place in
// it. The bound is the caller's: Waiting on entry, and what can be reserved
// for those that come back.
type queue struct{ list list.List }

func (q *queue) len() int { return q.list.Len() }

// oldest returns the oldest request, nil when there is none.
func (q *queue) oldest() *request {
	if e := q.list.Front(); e != nil {
		return e.Value.(*request)
	}
	return nil
}

// after returns the next younger one, nil when there is none.
func (q *queue) after(r *request) *request {
	if e := r.place.Next(); e != nil {
		return e.Value.(*request)
	}
	return nil
}

// push takes in a request that is most likely the youngest.
func (q *queue) push(r *request) {
	e := q.list.Back()
	for e != nil && e.Value.(*request).seq > r.seq {
		e = e.Prev()
	}
	if e == nil {
		r.place = q.list.PushFront(r)
	} else {
		r.place = q.list.InsertAfter(r, e)
	}
}

// restore takes a request back to its old place, which is most likely near
// the front: it was older than all that waited when it left.
func (q *queue) restore(r *request) {
	e := q.list.Front()
	for e != nil && e.Value.(*request).seq < r.seq {
		e = e.Next()
	}
	if e == nil {
		r.place = q.list.PushBack(r)
	} else {
		r.place = q.list.InsertBefore(r, e)
	}
}

// remove takes r out, wherever it stands.
func (q *queue) remove(r *request) {
	q.list.Remove(r.place)
	r.place = nil
}
