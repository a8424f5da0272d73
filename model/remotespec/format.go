package remotespec

import (
	"fmt"
	"strings"

	"github.com/weir-dev/weir/protocol"
)

// format prints a state on one line, leaving out what is empty.
func format(s *State) string {
	var parts []string
	add := func(format string, a ...any) { parts = append(parts, fmt.Sprintf(format, a...)) }
	if s.Crashed {
		add("CRASHED")
	}
	if s.Closing != closeNotBegun {
		add("%s", [...]string{"", "draining", "close expired", "closed"}[s.Closing])
	}
	if s.Buffer.N > 0 {
		add("buffer %s", s.Buffer)
	}
	if s.Flight != 0 {
		add("in flight %s", s.Flight)
	}
	if s.Messenger != messengerIdle {
		add("messenger %s", [...]string{"", "connecting", "writing", "gone"}[s.Messenger])
	}
	if s.Backoff {
		add("backoff")
	}
	for e := uint8(1); e <= s.Epoch; e++ {
		if text := s.link(e).String(); text != "" {
			add("e%d %s", e, text)
		}
	}
	if p := &s.Session; p.Handler != handlerNone {
		add("peer %s m%d", [...]string{"", "handles", "replies to"}[p.Handler], p.Seq)
	}
	for i, r := range s.Result {
		if r.Outcome != protocol.OutcomeNone {
			add("m%d %s", i+1, r)
		}
	}
	if s.Undispatched.N > 0 {
		add("undispatched %s", s.Undispatched)
	}
	if s.Dispatching != 0 {
		add("dispatching %s", s.Dispatching)
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

// String prints a link that is not gone at all ends.
func (l *link) String() string {
	if l.Remote != linkUp && l.Listener != listenerRuns && l.Listener != listenerChecked && l.Peer != peerAwaitsHello && l.Peer != peerServes {
		return ""
	}
	text := [...]string{"unused", "connecting", "up", "ended"}[l.Remote]
	if l.Broken {
		text += " broken"
	}
	switch l.Listener {
	case listenerChecked:
		text += " listener past its check"
	case listenerNone, listenerGone:
		text += " no listener"
	}
	switch l.Peer {
	case peerNone, peerEnded:
		text += " peer gone"
	case peerAwaitsHello:
		text += " no hello"
	}
	if l.Up.N > 0 {
		text += fmt.Sprintf(" >%s", l.Up)
	}
	if l.Down.N > 0 {
		text += fmt.Sprintf(" <%s", l.Down)
	}
	return text
}

func (r result) String() string {
	text := r.Outcome.String()
	if r.Reason != protocol.ReasonNone {
		text += " (" + r.Reason.String() + ")"
	}
	if r.Times > 1 {
		text += " twice"
	}
	return text
}

func (q queue) String() string {
	return fmt.Sprint(messages(q.At[:q.N]))
}

func (t set) String() string {
	var seqs []uint8
	for seq := uint8(1); seq <= 8; seq++ {
		if t.has(seq) {
			seqs = append(seqs, seq)
		}
	}
	return fmt.Sprint(messages(seqs))
}

func (w wire) String() string {
	var names []string
	for _, f := range w.At[:w.N] {
		switch {
		case f == helloFrame:
			names = append(names, "hello")
		case f.seq() == f.body():
			names = append(names, fmt.Sprintf("m%d", f.seq()))
		default:
			names = append(names, fmt.Sprintf("m%d with the body of m%d", f.seq(), f.body()))
		}
	}
	return fmt.Sprint(names)
}

func messages(seqs []uint8) []string {
	names := make([]string, len(seqs))
	for i, seq := range seqs {
		names[i] = fmt.Sprintf("m%d", seq)
	}
	return names
}
