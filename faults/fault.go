package faults

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Any is the Link of a fault that touches every link.
const Any = "*"

// Fault is one thing that goes wrong. It fires at most once on each generation
// of a link that it names.
type Fault struct {
	// Kind is what goes wrong.
	Kind Kind
	// Link names the parties, client first: "remote->peer"; Any is every link.
	Link string
	// Nth is the generation of the link, from 1; 0 is every generation. A
	// Refuse has none, because an attempt that was refused opens no link.
	Nth int
	// Dir is the direction that is touched, and counted by the trigger. A
	// Cut always ends both directions; its Dir only says what is counted.
	Dir Direction
	// When says when the fault fires.
	When Trigger
	// For is how long a Delay, a Stall, a HalfOpen or a frame's Latency
	// lasts. 0 is until the network is healed, for a Stall and a HalfOpen
	// only.
	For time.Duration
	// Count is how many attempts a Refuse refuses, at least 1; else 0.
	Count int
}

// Matches reports whether the fault touches the given generation of a link.
// Generation 0 asks for the link as such, whichever generation.
func (f Fault) Matches(link string, generation int) bool {
	return (f.Link == Any || f.Link == link) && (f.Nth == 0 || generation == 0 || f.Nth == generation)
}

// String is the text that Parse reads.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.Kind.String())
	b.WriteString(" " + f.Link)
	if f.Nth != 0 {
		fmt.Fprintf(&b, "#%d", f.Nth)
	}
	if f.Dir != Both {
		b.WriteString(" " + f.Dir.String())
	}
	if f.Count != 0 {
		fmt.Fprintf(&b, " %d times", f.Count)
	}
	if f.When != (Trigger{}) {
		b.WriteString(" " + f.When.String())
	}
	if f.For != 0 {
		b.WriteString(" for " + f.For.String())
	}
	return b.String()
}

// Validate returns nil for a fault that can fire, and else an error that says
// what to change.
func (f Fault) Validate() error {
	if !f.Kind.known() {
		return fmt.Errorf("fault on %q has the unknown kind %d: use one of %s", f.Link, f.Kind, strings.Join(kindNames[1:], ", "))
	}
	if err := f.check(); err != nil {
		return fmt.Errorf("fault %q: %w", f, err)
	}
	return nil
}

func (f Fault) check() error {
	needed, allowed := f.Kind.lasts()
	switch {
	case f.Nth < 0:
		return fmt.Errorf("generation is %d, want 1 or more, or 0 for every", f.Nth)
	case f.Dir > Down:
		return fmt.Errorf("direction %d is unknown: use Up, Down or Both", f.Dir)
	case f.For < 0:
		return fmt.Errorf("duration is %v, want 0 or more", f.For)
	case needed && f.For == 0:
		return fmt.Errorf("%s needs a duration: add \"for 2s\"", f.Kind)
	case !allowed && f.For != 0:
		return fmt.Errorf("%s has no duration: leave out \"for %v\"", f.Kind, f.For)
	case f.Kind != Refuse && f.Count != 0:
		return fmt.Errorf("%s has no count: leave out \"%d times\"", f.Kind, f.Count)
	}
	if f.Kind == Refuse {
		if err := f.checkRefuse(); err != nil {
			return err
		}
	}
	return errors.Join(checkLink(f.Link), f.When.validate())
}

func (f Fault) checkRefuse() error {
	switch {
	case f.Count < 1:
		return fmt.Errorf("refuse needs a count of at least 1, got %d: add \"2 times\"", f.Count)
	case f.Nth != 0:
		return fmt.Errorf("refuse has no generation, because a refused attempt opens no link: leave out \"#%d\"", f.Nth)
	case f.Dir != Both:
		return fmt.Errorf("refuse has no direction: leave out %q", f.Dir)
	case f.When.Moment == Frames || f.When.Moment == Bytes:
		return errors.New("refuse can't count frames or bytes, because no link is open yet: use \"when chosen\" or \"at 3s\"")
	}
	return nil
}

// LinkName is the name of the links that party from opens to party to, as
// Fault.Link has it: "remote->peer". Its error, for a party's name that no plan
// could name, says what is wrong with it.
func LinkName(from, to string) (string, error) {
	if err := errors.Join(checkParty(from), checkParty(to)); err != nil {
		return "", err
	}
	return from + arrow + to, nil
}

const arrow = "->"

func checkLink(link string) error {
	if link == Any {
		return nil
	}
	from, to, ok := strings.Cut(link, arrow)
	if !ok {
		return fmt.Errorf("link %q names no two parties: write \"client->server\", or \"*\" for every link", link)
	}
	return errors.Join(checkParty(from), checkParty(to))
}

func checkParty(name string) error {
	if name == "" {
		return errors.New("party has an empty name")
	}
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
		if !letter && (i == 0 || r != '-' && r != '.') {
			return fmt.Errorf("party %q has %q in its name: use letters, digits and \"_\", after the first also \"-\" and \".\"", name, r)
		}
	}
	if strings.HasSuffix(name, "-") {
		return fmt.Errorf("party %q ends in \"-\", which would run into the arrow: leave it out", name)
	}
	return nil
}
