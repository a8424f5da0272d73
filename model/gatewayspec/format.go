package gatewayspec

import (
	"fmt"
	"strings"
)

// format prints a state on one line, leaving out what is empty.
func (m machine) format(s *State) string {
	var parts []string
	add := func(format string, a ...any) { parts = append(parts, fmt.Sprintf(format, a...)) }
	if s.Closing != closeNotBegun {
		add("%s", [...]string{"", "draining", "close expired", "closed"}[s.Closing])
	}
	for h := range m.Hosts {
		add("h%d %s", h+1, &s.Hosts[h])
	}
	for r := range m.Requests {
		if q := &s.Requests[r]; q.Phase != requestNew {
			add("r%d %s", r+1, q)
		}
	}
	for a := range m.Requests * maxAttempts {
		if t := &s.Attempts[a]; t.Entry != entryFree {
			add("%s %s", attemptName(a), t)
		}
	}
	return strings.Join(parts, "; ")
}

// String prints a host with its counts: reserved, and abandoned after a plus.
func (k *host) String() string {
	text := fmt.Sprintf("%d", k.Reserved)
	if k.Abandoned != 0 {
		text += fmt.Sprintf("+%d", k.Abandoned)
	}
	if k.Paused {
		text += " paused"
	}
	switch {
	case !k.Attached && !k.Online:
		text += " away"
	case !k.Attached:
		text += " detached"
	case !k.Online:
		text += " left"
	case k.Broken:
		text += " broken"
	}
	if k.Epoch > 1 {
		text += fmt.Sprintf(" e%d", k.Epoch)
	}
	if k.Down.N > 0 {
		text += " >" + k.Down.String()
	}
	if k.Up.N > 0 {
		text += " <" + k.Up.String()
	}
	if k.OldEpoch != 0 {
		text += fmt.Sprintf(" e%d<%s", k.OldEpoch, k.Old)
	}
	return text
}

func (q *request) String() string {
	text := [...]string{"", "waits", "held", "done"}[q.Phase]
	if q.Due {
		text += " due"
	}
	if q.Phase == requestDone {
		text += " (" + q.Why.String() + ")"
	}
	if q.Ends > 1 {
		text += " twice"
	}
	return text
}

func (t *attempt) String() string {
	text := fmt.Sprintf("%s@h%d", [...]string{"", "reserved", "abandoned", "settled"}[t.Entry], t.Host+1)
	if t.Epoch > 1 {
		text += fmt.Sprintf(" e%d", t.Epoch)
	}
	if t.Entry == entryLive && !t.Sent {
		text += " unsent"
	}
	if work := [...]string{"", "queued", "runs", "told", "answers", ""}[t.Work]; work != "" {
		text += " " + work
	}
	return text
}

func (w wire) String() string {
	var names []string
	for _, f := range w.At[:w.N] {
		name := attemptName(f.attempt())
		switch f.kind() {
		case frameCancel:
			name = "cancel " + name
		case frameForged:
			name = "forged " + name
		}
		names = append(names, name)
	}
	return fmt.Sprint(names)
}
