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
	if m.Burst > 0 {
		add("budget %d/2", s.Budget)
	}
	for h := range m.Hosts {
		add("h%d %s", h+1, m.hostText(&s.Hosts[h]))
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

// hostText prints a host with its counts: reserved, abandoned after a plus, and
// its limit after a slash where that changes.
func (m machine) hostText(k *host) string {
	text := fmt.Sprintf("%d", k.Reserved)
	if k.Abandoned != 0 {
		text += fmt.Sprintf("+%d", k.Abandoned)
	}
	if m.Limits > 0 {
		text += fmt.Sprintf("/%d", k.Limit)
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{k.Paused, "paused"},
		{k.Refusing, "refusing"},
		{k.Draining, "draining"},
		{k.Leaving && k.Online && !k.Draining, "leaving"},
		{!k.Attached && !k.Online, "away"},
		{!k.Attached && k.Online, "detached"},
		{k.Attached && !k.Online, "left"},
		{k.Attached && k.Online && k.Broken, "broken"},
	} {
		if flag.set {
			text += " " + flag.name
		}
	}
	if k.Down.N > 0 {
		text += " >" + k.Down.String()
	}
	if k.Up.N > 0 {
		text += " <" + k.Up.String()
	}
	if k.Superseded {
		text += " superseded<" + k.Old.String()
	}
	if k.Uncounted != 0 {
		text += fmt.Sprintf(" uncounted %d", k.Uncounted)
	}
	return text
}

func (q *request) String() string {
	text := [...]string{"", "waits", "held", "done", "turned away"}[q.Phase]
	if q.Due {
		text += " due"
	}
	if q.Ends > 1 {
		text += " twice"
	}
	return text
}

func (t *attempt) String() string {
	text := [...]string{"", "reserved", "abandoned", "lost", "settled"}[t.Entry]
	if t.Entry != entrySettled || t.Refused {
		text += fmt.Sprintf("@h%d", t.Host+1)
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{t.Past && t.Entry != entrySettled, "past"},
		{t.Entry == entryLive && !t.Sent, "unsent"},
		{t.Refused, "refused"},
		{t.Releases > 1, "released twice"},
		{t.Work == workQueued, "queued"},
		{t.Work == workRuns, "runs"},
		{t.Work == workTold, "told"},
		{t.Work.says(), "answers"},
	} {
		if flag.set {
			text += " " + flag.name
		}
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
		case frameError:
			name = "error " + name
		case frameRefuse:
			name = "refuse " + name
		case frameReady:
			name = "ready"
		case frameDrain:
			name = "drain"
		case frameForged:
			name = "forged " + name
		}
		names = append(names, name)
	}
	return fmt.Sprint(names)
}
