package properties

import (
	"fmt"
	"slices"
	"testing"

	"github.com/weir-dev/weir/protocol"
)

// row is what a suite says of one law.
type row struct {
	verdict rowVerdict
	text    string
}

type rowVerdict uint8

const (
	rowHeld rowVerdict = iota
	rowRed
	rowSkipped
)

// summary is what all networks came to.
type summary struct {
	total     *Tally
	failure   *Failure
	undecided string
	asked     []string // the laws to judge by; all if empty
}

func summarize(results []result, asked []string) summary {
	s := summary{total: newTally(), asked: asked}
	for _, r := range results {
		s.total.add(r.tally)
		if r.failure != nil {
			s.failure = r.failure
		}
		if r.undecided != "" {
			s.undecided = fmt.Sprintf("%s: %s", r.network, r.undecided)
		}
	}
	return s
}

// row says what is known of a law. What could not be judged to its end is
// red, for every law that is judged at all: the cases that are missing might
// have violated it.
func (s summary) row(l protocol.Law) row {
	judged := s.total.Judged[l.Slug]
	switch {
	case s.failure != nil && s.failure.Law == l.Slug:
		return row{rowRed, s.failure.Block()}
	case len(s.asked) > 0 && !slices.Contains(s.asked, l.Slug):
		return row{rowSkipped, "not asked for"}
	case s.failure != nil:
		return row{rowSkipped, "undecided: the search ended when " + s.failure.Law + " was violated"}
	case l.Kind == protocol.Sometimes && s.total.Seen[l.Slug]:
		return row{rowHeld, "seen"}
	case l.Kind == protocol.Sometimes:
		return row{rowSkipped, fmt.Sprintf("not seen in %d cases", s.total.Cases)}
	case s.undecided != "" && (judged > 0 || l.Slug == l.Protocol()+"/no-crash"):
		return row{rowRed, "undecided: " + s.undecided}
	case judged == 0:
		return row{rowSkipped, "unobserved: nothing in these cases could be judged by it"}
	}
	return row{rowHeld, fmt.Sprintf("held: judged %d times in %d cases, %d steps, %d messages", judged, s.total.Cases, s.total.Steps, s.total.Messages)}
}

// laws reports each law as a subtest.
func (p *parent) laws(results []result) {
	s := summarize(results, p.set.judges)
	told := s.failure == nil
	for _, l := range protocol.LawsOf(p.suite.protocol) {
		p.t.Run(l.Name(), func(t *testing.T) {
			told = told || l.Slug == s.failure.Law
			switch r := s.row(l); r.verdict {
			case rowRed:
				t.Error(r.text)
			case rowSkipped:
				t.Skip(r.text)
			default:
				t.Log(r.text)
			}
		})
	}
	if !told {
		// The flag -run has left the subtest of that law out.
		p.t.Error(s.failure.Block())
	}
	if s.total.Points > 0 && s.total.Diverged > 0 {
		p.t.Errorf("%d of %d woven cases gave another history when they were run again: something in them is not under control", s.total.Diverged, s.total.Repeated)
	}
}
