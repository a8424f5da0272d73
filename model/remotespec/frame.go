package remotespec

// frame is what goes over the wire, in either direction, in sixteen bits: its
// kind, one or two messages or replies by their seq, the body of the first, and
// a number. The body is the payload, which is the seq of the message that it was
// accepted with, and a handler answers with the body that it was given: so a
// payload under a wrong seq shows.
type frame struct {
	Head, Tail uint8
}

// frameKind says what a frame is.
type frameKind uint8

const (
	// framePayload carries messages up or replies down; its number is the
	// acknowledgement. Without any message it is an acknowledgement alone.
	framePayload frameKind = iota
	// frameHello opens a link; its number is the highest reply received.
	frameHello
	// frameWelcome answers it, in Resume; its number is the last message
	// handled, and it bears the memory id.
	frameWelcome
)

func newFrame(kind frameKind, number uint8) frame {
	return frame{Head: uint8(kind) << 6, Tail: number}
}

func newWelcome(last, memory uint8) frame {
	return frame{Head: uint8(frameWelcome) << 6, Tail: last | memory<<6}
}

func (f frame) kind() frameKind { return frameKind(f.Head >> 6) }
func (f frame) first() uint8    { return f.Head >> 3 & 7 }
func (f frame) second() uint8   { return f.Head & 7 }
func (f frame) number() uint8   { return f.Tail & 7 }
func (f frame) body() uint8     { return f.Tail >> 3 & 7 }
func (f frame) memory() uint8   { return f.Tail >> 6 }

// size is how many messages or replies the frame carries.
func (f frame) size() int {
	switch {
	case f.second() != 0:
		return 2
	case f.first() != 0:
		return 1
	}
	return 0
}

// add puts one more message or reply at the frame's end.
func (f *frame) add(seq, body uint8) {
	if f.first() == 0 {
		f.Head |= seq << 3
		f.Tail |= body << 3
		return
	}
	f.Head |= seq
}

// take removes the first message or reply and returns it with its body.
func (f *frame) take() (seq, body uint8) {
	seq, body = f.first(), f.body()
	next := f.second()
	f.Head = f.Head&^63 | next<<3
	f.Tail = f.Tail&^(7<<3) | next<<3
	return seq, body
}

// names reports whether the frame is about the message.
func (f frame) names(seq uint8) bool {
	return f.kind() == framePayload && seq != 0 && (f.first() == seq || f.second() == seq)
}

// spoil writes another body over that of the first message, as R38 does.
func (f *frame) spoil(body uint8) {
	if f.first() != 0 {
		f.Tail = f.Tail&^(7<<3) | body<<3
	}
}

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
	w.At[w.N] = frame{}
	return f
}

func (w *wire) clear() { *w = wire{} }
