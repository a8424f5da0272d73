package gatewayspec

// State is one instant of a Gateway, its callers, its hosts and the wires
// between them. Requests, attempts and hosts are indices from 0 here and are
// printed from 1.
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
	// Budget is what reassigns may still take, in halves of a reassign, and
	// Reassigns how many there were; both are 0 where there is no budget.
	Budget, Reassigns uint8
	// Woken is for the variant G18 alone.
	Woken bool
	// World is what the world may still do.
	World world
}

// world counts down what may happen only so often; [Ever] is not counted.
type world struct {
	Losses, Cancels, Forgeries, Limits, Refusals, Drains, Failures uint8
}

// spend takes one of what is left.
func spend(left *uint8) {
	if *left != Ever {
		*left--
	}
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

// remove takes a request out, if it is there.
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
