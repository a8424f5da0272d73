package properties

import (
	"fmt"
	"strings"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// telling are the events that a story is told by; the others follow from
// them.
var telling = map[protocol.Kind]bool{
	protocol.KindAccept: true, protocol.KindConnect: true, protocol.KindLinkDown: true, protocol.KindSend: true,
	protocol.KindHandleBegin: true, protocol.KindLate: true, protocol.KindResolve: true,
	protocol.KindDispatchBegin: true, protocol.KindCloseBegin: true, protocol.KindCloseEnd: true,
	protocol.KindEnqueue: true, protocol.KindReserve: true, protocol.KindSent: true, protocol.KindRelease: true,
	protocol.KindPause: true, protocol.KindResume: true, protocol.KindReply: true, protocol.KindAttach: true,
	protocol.KindDetach: true, protocol.KindLimit: true, protocol.KindDone: true, protocol.KindRejected: true,
	protocol.KindRefuse: true, protocol.KindDrain: true,
}

// tells tells whether a story needs the record. Of what both ends emit, one
// end's is enough; what a host does shows in what the gateway writes and reads.
func tells(r Record, traced bool) bool {
	e := r.Event
	switch {
	case e.Kind == protocol.KindNone:
		return !traced || r.Observed.Kind == SendRefused
	case e.Kind == protocol.KindReply:
		return e.Party == "gateway"
	case e.Kind == protocol.KindHandleBegin:
		return e.Party == "peer"
	}
	return telling[e.Kind]
}

// story tells a history in few lines, a step a line, as far as the record that
// a violation came to light at, which is always told: by the events that say
// most, or by the suite's own observations where the implementation emits none.
func story(records []Record, v Violation) []string {
	traced := false
	for _, r := range records {
		traced = traced || r.Event.Kind != protocol.KindNone
	}
	var out []string
	var last Record
	for i, r := range records {
		if i > v.At || i == v.At && v.Between {
			break
		}
		if i != v.At && !tells(r, traced) {
			continue
		}
		if len(out) > 0 && sameStep(last, r) {
			out[len(out)-1] += ", " + words(r)
		} else {
			out = append(out, fmt.Sprintf("%-8s %s", stamp(r.At), words(r)))
		}
		last = r
	}
	if len(out) > 0 && v.At < len(records) && !v.Between {
		out[len(out)-1] += "   <- here"
	}
	return out
}

// sameStep tells whether b is a consequence of a and belongs into its line.
// They are neighbours in the story.
func sameStep(a, b Record) bool {
	p, n := a.Event, b.Event
	if a.At != b.At || p.Party != n.Party || p.Kind == protocol.KindNone {
		return false
	}
	switch n.Kind {
	case protocol.KindSend:
		return p.Kind == protocol.KindSend && p.Epoch == n.Epoch && p.Value == n.Value
	case protocol.KindResolve:
		return p.Kind == protocol.KindLinkDown || p.Kind == protocol.KindResolve && n.Outcome != protocol.Replied
	case protocol.KindReserve:
		return p.Seq == n.Seq && (p.Kind == protocol.KindEnqueue || p.Kind == protocol.KindRelease)
	case protocol.KindRelease:
		return p.Attempt == n.Attempt || p.Kind == protocol.KindRelease && n.Reason == protocol.Detached
	case protocol.KindDetach:
		return p.Kind == protocol.KindRelease && p.Host == n.Host
	case protocol.KindAttach:
		return p.Kind == protocol.KindDetach && p.Host == n.Host
	case protocol.KindPause, protocol.KindResume:
		// A reassign changes two hosts.
		return p.Host == n.Host || p.Kind == protocol.KindReserve || p.Kind == protocol.KindPause || p.Kind == protocol.KindResume
	case protocol.KindDone:
		return p.Seq == n.Seq || p.Kind == protocol.KindResume
	}
	return false
}

// words tells a record without times, addresses and digests.
func words(r Record) string {
	e := r.Event
	if e.Kind == protocol.KindNone {
		return r.Observed.String()
	}
	var s strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&s, " "+format, args...) }
	switch e.Party {
	case "remote", "gateway":
	default:
		s.WriteString(e.Party + " ")
	}
	s.WriteString(e.Kind.String())
	switch {
	case e.Attempt > 0:
		add("attempt %d", e.Attempt)
		if e.Kind == protocol.KindReserve {
			add("of request %d", e.Seq)
		}
	case e.Seq > 0 && e.Party == "gateway":
		add("request %d", e.Seq)
	case e.Seq > 0:
		add("seq %d", e.Seq)
	}
	switch {
	case e.Host != "" && e.Attempt > 0:
		add("at %s", e.Host)
	case e.Host != "":
		add("%s", e.Host)
	case e.Epoch > 0 && e.Seq > 0 && e.Kind != protocol.KindResolve:
		add("on link %d", e.Epoch)
	case e.Epoch > 0 && e.Seq == 0 && e.Attempt == 0:
		add("link %d", e.Epoch)
	}
	switch e.Kind {
	case protocol.KindAttach:
		add("as attachment %d with limit %d", e.Epoch, e.Value)
	case protocol.KindDetach:
		add("from attachment %d", e.Epoch)
	case protocol.KindLimit:
		add("to %d", e.Value)
	}
	if e.Outcome != protocol.OutcomeNone {
		add("%s", e.Outcome)
	}
	if e.Reason != protocol.ReasonNone {
		add("(%s)", e.Reason)
	}
	return s.String()
}

// stamp is a time since the beginning of a case.
func stamp(d time.Duration) string { return d.Truncate(time.Millisecond).String() }

// Block is what a violated law prints: labelled lines that end in the command
// that shows it again.
func (f *Failure) Block() string {
	l, _ := protocol.LawBySlug(f.Law)
	var b strings.Builder
	row := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n%-9s %s", label, text)
		}
	}
	row("law", l.Slug+"  "+l.Sentence)
	row("verdict", f.verdict())
	row("reduced", f.Reduction.String())
	row("replayed", f.Replayed)
	row("world", f.World)
	row("load", f.Load)
	row("faults", f.Plan)
	for i, line := range f.Story {
		label := ""
		if i == 0 {
			label = "story"
		}
		row(label, line)
	}
	for i, line := range f.Parked {
		label := ""
		if i == 0 {
			label = "parked"
		}
		row(label, line)
	}
	row("observed", f.Observed)
	row("allowed", f.Allowed)
	row("picture", f.Picture)
	if !f.Repeats {
		row("replay", "this case did not repeat exactly: run it woven to put its goroutines under control")
	}
	row("replay", f.Command)
	return b.String()
}

// verdict says where the law was violated, and how the case was come by.
func (f *Failure) verdict() string {
	if f.Replayed != "" {
		return fmt.Sprintf("violated on %s, in a replay; schedule of %d steps, story of %d", f.Network, f.Reduced, len(f.Story))
	}
	by := ""
	if f.By != "" {
		by = ", drawn by " + f.By
	}
	return fmt.Sprintf("violated on %s, in case %d%s; schedule reduced from %d steps to %d, story of %d", f.Network, f.Found, by, f.Steps, f.Reduced, len(f.Story))
}
