package faults

import (
	"fmt"
	"strings"
)

// Kind is what goes wrong. The zero Kind is none of them and is refused.
type Kind uint8

const (
	// Cut ends the link: what is in flight is lost in both directions and
	// both ends get an error.
	Cut Kind = iota + 1
	// HalfOpen lets everything that is sent in its direction vanish while
	// sends go on succeeding. When it ends the link is cut, because a stream
	// with a hole in it is no stream.
	HalfOpen
	// Refuse lets the next Count attempts to open the link fail.
	Refuse
	// Delay holds one frame back, and what was sent after it, because order
	// is kept.
	Delay
	// Stall lets nothing through for a time; then everything arrives, in
	// order.
	Stall
	// Latency makes every frame from now on arrive later than it was sent,
	// in order.
	Latency
)

var kindNames = [...]string{Cut: "cut", HalfOpen: "half-open", Refuse: "refuse", Delay: "delay", Stall: "stall", Latency: "latency"}

// Kinds are all kinds of faults, in the order of their values.
func Kinds() []Kind { return []Kind{Cut, HalfOpen, Refuse, Delay, Stall, Latency} }

// String is the word that Parse reads: "half-open".
func (k Kind) String() string {
	if k.known() {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

func (k Kind) known() bool { return k >= Cut && k <= Latency }

// lasts says whether a fault of this kind needs a duration.
func (k Kind) lasts() (needed, allowed bool) {
	switch k {
	case Delay, Latency:
		return true, true
	case HalfOpen, Stall:
		return false, true
	}
	return false, false
}

func parseKind(word string) (Kind, error) {
	for _, k := range Kinds() {
		if kindNames[k] == word {
			return k, nil
		}
	}
	return 0, fmt.Errorf("%q is no kind of fault: use one of %s", word, strings.Join(kindNames[1:], ", "))
}

// Direction is the half of a link that a fault touches, and in which its
// trigger counts frames and bytes.
type Direction uint8

const (
	// Both is the zero Direction: up and down together.
	Both Direction = iota
	// Up is from the party that opened the link to the one that it opened
	// the link to: from the client to the server.
	Up
	// Down is from the server to the client.
	Down
)

// String is the word that Parse reads: "up", "down" or "both".
func (d Direction) String() string {
	switch d {
	case Both:
		return "both"
	case Up:
		return "up"
	case Down:
		return "down"
	}
	return fmt.Sprintf("direction(%d)", uint8(d))
}

// Covers reports whether a fault with direction d touches the direction half,
// which is Up or Down.
func (d Direction) Covers(half Direction) bool { return d == Both || d == half }
