package gatewayspec

// State is one instant of a Gateway, its callers, its hosts and the wires
// between them. Requests, attempts and hosts are indices from 0 here and are
// printed from 1; epochs count from 1.
type State struct {
	// Requests is in the order of arrival: a lower index is older.
	Requests [maxRequests]request
	// Queue is the waiting requests, next first.
	Queue queue
	// Attempts is the ledger: maxAttempts places for each request.
	Attempts [maxRequests * maxAttempts]attempt
	// Hosts is by index.
	Hosts [maxHosts]host
	// Closing is how far Close has come.
	Closing closing
	// What the world may still do.
	Losses, Cancels, Forgeries uint8
}

// queue is the waiting requests in the order in which they are looked at.
type queue struct {
	N  uint8
	At [maxRequests]uint8
}

// insert puts a request into its place by age: a request that comes back
// returns to where it was.
func (q *queue) insert(r int) {
	i := q.N
	for ; i > 0 && int(q.At[i-1]) > r; i-- {
		q.At[i] = q.At[i-1]
	}
	q.At[i] = uint8(r)
	q.N++
}

// remove takes a request out.
func (q *queue) remove(r int) {
	for i := range q.N {
		if int(q.At[i]) == r {
			copy(q.At[i:], q.At[i+1:])
			q.N--
			q.At[q.N] = 0
			return
		}
	}
}
