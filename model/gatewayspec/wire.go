package gatewayspec

// frame is what goes over an attachment: one message, most about one attempt.
type frame uint8

// What a frame says.
const (
	frameRequest frame = iota // down: here is the request
	frameCancel               // down: stop it
	frameAnswer               // up: its handler's answer
	frameError                // up: its handler's error
	frameRefuse               // up: it was not begun, the host is busy
	frameReady                // up: the host takes requests again
	frameDrain                // up: the host is leaving
	frameForged               // up: an answer that no handler gave
	frameKinds
)

func newFrame(kind frame, a int) frame { return frame(a)*frameKinds + kind }
func (f frame) kind() frame            { return f % frameKinds }
func (f frame) attempt() int           { return int(f / frameKinds) }

// wire is one direction of an attachment: a bounded FIFO of frames. What is
// not used is zero, so that equal wires are equal values.
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
