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

// set is a set of messages: bit seq-1.
type set uint8

func (t set) has(seq uint8) bool { return t>>(seq-1)&1 != 0 }
func (t *set) add(seq uint8)     { *t |= 1 << (seq - 1) }
func (t *set) drop(seq uint8)    { *t &^= 1 << (seq - 1) }
func (t set) size() int          { return bits.OnesCount8(uint8(t)) }

// frame is what goes over the wire: a message or its reply, one a frame. The
// seq says which message it is about; the body is the payload, which is the
// seq of the message that it was accepted with, and a handler answers with the
// body that it was given. So a payload under a wrong seq shows.
type frame uint8

// helloFrame opens a link; no message has seq 0.
const helloFrame frame = 0

func newFrame(seq, body uint8) frame { return frame(seq<<4 | body) }
func (f frame) seq() uint8           { return uint8(f) >> 4 }
func (f frame) body() uint8          { return uint8(f) & 15 }

// wire is one direction of a link: a bounded FIFO of frames.
type wire struct {
	N  uint8
	At [maxWire]frame
}

func (w *wire) push(f frame) {
	w.At[w.N] = f
	w.N++
}

func (w *wire) pop() frame {
	f := w.At[0]
	w.N--
	copy(w.At[:], w.At[1:])
	w.At[w.N] = 0
	return f
}

func (w *wire) clear() { *w = wire{} }
