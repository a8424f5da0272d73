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
		add("messenger %s", [...]string{"", "connecting", "writing " + s.Frame.String(), "greeting", "gone"}[s.Messenger])
	}
	if s.Resend != 0 {
		add("to send again %s", s.Resend)
	}
	if s.Backoff {
		add("backoff")
	}
	for e := uint8(1); e <= s.Epoch; e++ {
		if text := s.link(e).String(); text != "" {
			add("e%d %s", e, text)
		}
	}
	if text := s.Session.String(); text != "" {
		add("peer %s", text)
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
	if s.Waiting {
		add("its send waits")
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

// String prints a link that is not gone at all ends.
func (l *link) String() string {
	if !l.up() && !l.Listener.running() && !l.Peer.open() && l.Reader == readerNone {
		return ""
	}
	text := [...]string{"unused", "connecting", "greets", "up", "ended"}[l.Remote]
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
	if !l.Peer.open() && l.Reader != readerNone {
		text += " reader left"
	}
	if l.Up.N > 0 {
		text += fmt.Sprintf(" >%s", l.Up)
	}
	if l.Down.N > 0 {
		text += fmt.Sprintf(" <%s", l.Down)
	}
	return text
}

// String prints what the session holds.
func (p *session) String() string {
	var parts []string
	add := func(format string, a ...any) { parts = append(parts, fmt.Sprintf(format, a...)) }
	if p.Memory > 0 {
		add("memory %d", p.Memory)
	}
	if p.Handler != handlerNone {
		add("%s m%d", [...]string{"", "handles", "replies to"}[p.Handler], p.Seq)
	}
	if p.Queue.N > 0 {
		add("queues %s", p.Queue)
	}
	if p.Cache != 0 {
		add("keeps %s", p.Cache)
	}
	return strings.Join(parts, ", ")
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
		names = append(names, f.String())
	}
	return fmt.Sprint(names)
}

// String prints a frame by what it carries.
func (f frame) String() string {
	switch f.kind() {
	case frameHello:
		return "hello"
	case frameWelcome:
		return fmt.Sprintf("welcome m%d", f.number())
	}
	text := fmt.Sprintf("m%d", f.first())
	if f.size() == 0 {
		return fmt.Sprintf("ack m%d", f.number())
	}
	if f.body() != f.first() {
		text += fmt.Sprintf(" with the body of m%d", f.body())
	}
	if f.size() == 2 {
		text += fmt.Sprintf("+m%d", f.second())
	}
	return text
}

func messages(seqs []uint8) []string {
	names := make([]string, len(seqs))
	for i, seq := range seqs {
		names[i] = fmt.Sprintf("m%d", seq)
	}
	return names
}
