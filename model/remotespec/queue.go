package remotespec

import "math/bits"

// queue is a FIFO of messages by seq. What is not used is zero, so that equal
// queues are equal values. There is room for one entry too many, which a
// variant with a bug may have.
type queue struct {
	N  uint8
	At [maxMessages + 1]uint8
}

func (q *queue) push(seq uint8) {
	q.At[q.N] = seq
	q.N++
}

// remove takes out the entry at i, which is 0 for the oldest.
func (q *queue) remove(i uint8) uint8 {
	seq := q.At[i]
	q.N--
	for ; i < q.N; i++ {
		q.At[i] = q.At[i+1]
	}
	q.At[q.N] = 0
	return seq
}

// find returns the place of a message, or N if it is not in the queue.
func (q *queue) find(seq uint8) uint8 {
	for i := range q.N {
		if q.At[i] == seq {
			return i
		}
	}
	return q.N
}

// newest is the entry that was pushed last, or 0.
func (q *queue) newest() uint8 {
	if q.N == 0 {
		return 0
	}
	return q.At[q.N-1]
}

func (q *queue) clear() { *q = queue{} }

// set is a set of messages: bit seq-1.
type set uint8

func (t set) has(seq uint8) bool { return seq > 0 && t>>(seq-1)&1 != 0 }
func (t *set) add(seq uint8)     { *t |= 1 << (seq - 1) }
func (t *set) drop(seq uint8)    { *t &^= 1 << (seq - 1) }
func (t set) size() int          { return bits.OnesCount8(uint8(t)) }

// above returns the messages of t that are newer than seq.
func (t set) above(seq uint8) set { return t >> seq << seq }

// oldest returns the smallest seq of t, or 0 if t is empty.
func (t set) oldest() uint8 {
	if t == 0 {
		return 0
	}
	return uint8(bits.TrailingZeros8(uint8(t))) + 1
}
