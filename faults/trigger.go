package faults

import (
	"fmt"
	"time"
)

// Moment is the kind of a trigger.
type Moment uint8

const (
	// Start is the zero Moment: when the link opens, or for Refuse from the
	// first attempt.
	Start Moment = iota
	// Chosen is any moment that the schedule chooses: the fault is offered as
	// one of its actions. Where nobody chooses, wire draws a byte position
	// from its seed.
	Chosen
	// Frames is when N frames have arrived.
	Frames
	// Bytes is when N bytes have arrived.
	Bytes
	// Elapsed is when At has passed since the network started.
	Elapsed
)

// Trigger says when a fault fires. Frames and bytes are counted per generation
// of a link, in the direction of the fault, as they arrive: with AfterFrames(3)
// the third frame is the last that the fault leaves alone. The zero Trigger
// fires when the link opens.
type Trigger struct {
	Moment Moment        // what is waited for
	N      int           // how many frames or bytes, at least 1; else 0
	At     time.Duration // how long after the start of the network; else 0
}

// WhenChosen is the trigger that the schedule pulls.
func WhenChosen() Trigger { return Trigger{Moment: Chosen} }

// AfterFrames fires when n frames have arrived.
func AfterFrames(n int) Trigger { return Trigger{Moment: Frames, N: n} }

// AfterBytes fires when n bytes have arrived.
func AfterBytes(n int) Trigger { return Trigger{Moment: Bytes, N: n} }

// At fires when d has passed since the network started.
func At(d time.Duration) Trigger { return Trigger{Moment: Elapsed, At: d} }

// String is the text that Parse reads, "after 3 frames"; the zero Trigger is
// the empty text.
func (t Trigger) String() string {
	switch t.Moment {
	case Start:
		return ""
	case Chosen:
		return "when chosen"
	case Frames:
		return fmt.Sprintf("after %d frames", t.N)
	case Bytes:
		return fmt.Sprintf("after %d bytes", t.N)
	case Elapsed:
		return "at " + t.At.String()
	}
	return fmt.Sprintf("moment(%d)", uint8(t.Moment))
}

func (t Trigger) validate() error {
	counts := t.Moment == Frames || t.Moment == Bytes
	switch {
	case t.Moment > Elapsed:
		return fmt.Errorf("trigger has the unknown moment %d", t.Moment)
	case counts && t.N < 1:
		return fmt.Errorf("trigger %q counts to %d, want at least 1: leave it out to fire when the link opens", t, t.N)
	case !counts && t.N != 0:
		return fmt.Errorf("trigger has N=%d, which only frames and bytes use: set it to 0", t.N)
	case t.Moment == Elapsed && t.At <= 0:
		return fmt.Errorf("trigger %q is not after the start: leave it out to fire when the link opens", t)
	case t.Moment != Elapsed && t.At != 0:
		return fmt.Errorf("trigger has At=%v, which only the moment Elapsed uses: set it to 0", t.At)
	}
	return nil
}
