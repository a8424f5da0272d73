package remotespec

import (
	"fmt"

	"github.com/weir-dev/weir/protocol"
)

// What a State has room for. Params stay within these.
const (
	maxMessages = 4
	maxLinks    = 4
	maxWire     = 3
)

// Params bounds the world that the spec explores. The zero value is refused;
// start from [Small], [CI], [CISync] or [Deep].
type Params struct {
	// Name is the size's name in reports, as in "ci".
	Name string
	// Mode is Async or Sync; Sync wants a Window of 1.
	Mode protocol.Mode
	// Messages is how many messages callers would like to send, 1 to 4.
	Messages int
	// Buffer is how many accepted messages may wait to be sent, 1 to Messages.
	Buffer int
	// Window is how many messages may hold a slot, 1 to Messages.
	Window int
	// Wire is how many frames fit into one direction of a link, 1 to 3. A
	// writer waits when it is full.
	Wire int
	// Losses is how many attempts to connect may be refused and links be lost,
	// together, 0 to 3. Each costs one link more.
	Losses int
	// Variant is the bug that the spec has; Correct for none.
	Variant Variant
}

// Small is a world of a few thousand states, in which every variant shows.
func Small() Params {
	return Params{Name: "small", Mode: protocol.Async, Messages: 2, Buffer: 1, Window: 2, Wire: 2, Losses: 1}
}

// CI is the size for every change: a second or two on one core.
func CI() Params {
	return Params{Name: "ci", Mode: protocol.Async, Messages: 4, Buffer: 2, Window: 2, Wire: 2, Losses: 2}
}

// CISync is [CI] in Sync.
func CISync() Params {
	return Params{Name: "ci-sync", Mode: protocol.Sync, Messages: 4, Buffer: 2, Window: 1, Wire: 2, Losses: 2}
}

// Deep is the size for a longer look: twelve million states.
func Deep() Params {
	return Params{Name: "deep", Mode: protocol.Async, Messages: 4, Buffer: 2, Window: 3, Wire: 3, Losses: 3}
}

// Validate returns an error that names the field, its value and its bounds if
// p is not a world that a State has room for.
func (p Params) Validate() error {
	for _, f := range []struct {
		name            string
		value, min, max int
	}{
		{"Messages", p.Messages, 1, maxMessages},
		{"Buffer", p.Buffer, 1, p.Messages},
		{"Window", p.Window, 1, p.Messages},
		{"Wire", p.Wire, 1, maxWire},
		{"Losses", p.Losses, 0, maxLinks - 1},
	} {
		if f.value < f.min || f.value > f.max {
			return fmt.Errorf("remotespec: %s is %d, want %d to %d", f.name, f.value, f.min, f.max)
		}
	}
	switch {
	case p.Name == "":
		return fmt.Errorf("remotespec: Name is empty, want the size's name in reports")
	case p.Mode != protocol.Async && p.Mode != protocol.Sync:
		return fmt.Errorf("remotespec: Mode is %v, want async or sync", p.Mode)
	case p.Mode == protocol.Sync && p.Window != 1:
		return fmt.Errorf("remotespec: Window is %d in sync, want 1", p.Window)
	case p.Variant >= variantEnd:
		return fmt.Errorf("remotespec: Variant is %d, want one below %d", p.Variant, variantEnd)
	}
	return nil
}
