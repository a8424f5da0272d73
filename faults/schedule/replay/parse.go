package replay

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// ErrFormat is returned, wrapped with the line and what is wrong with it, when a
// text isn't that of a failure.
var ErrFormat = errors.New("not a saved failure")

// Parse reads what [Failure.String] wrote. Empty lines and lines that begin
// with '#' are skipped.
func Parse(text string) (*Failure, error) {
	f := &Failure{}
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if i == 0 {
			if line != header && strings.HasPrefix(line, "weir ") {
				return nil, fmt.Errorf("replay: %w: line 1 is %.40q, want %q: it is a file of another version of weir; find the failure again to save it anew", ErrFormat, line, header)
			}
			if line != header {
				return nil, fmt.Errorf("replay: %w: line 1 is %.40q, want %q", ErrFormat, line, header)
			}
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		if err := f.parseLine(line); err != nil {
			return nil, fmt.Errorf("replay: %w: line %d: %w", ErrFormat, i+1, err)
		}
	}
	if f.Verdict == "" {
		return nil, fmt.Errorf("replay: %w: it has no line that begins with verdict", ErrFormat)
	}
	return f, nil
}

func (f *Failure) parseLine(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	l := &scanner{left: rest}
	switch word {
	case "verdict":
		f.Verdict, l.left = rest, ""
	case "law":
		f.Law, l.left = rest, ""
	case "fact":
		f.Facts = append(f.Facts, Fact{l.word(), l.left})
		l.left = ""
	case "note":
		f.Notes, l.left = append(f.Notes, rest), ""
	case "choices":
		f.Choices = append(f.Choices, l.numbers()...)
	case "draw":
		f.Draws = append(f.Draws, Draw{l.quoted(), l.numbers()})
	case "delay":
		d := l.word()
		if _, err := time.ParseDuration(d); err != nil {
			l.fail("%q is not a duration", d)
		}
		f.Delays = append(f.Delays, d)
	case "task":
		f.Tasks = append(f.Tasks, l.task())
	case "way":
		w := Way{At: l.event(f)}
		l.literal("is")
		w.Case = l.number()
		f.Ways = append(f.Ways, w)
	case "order":
		o := Order{Before: l.event(f)}
		l.literal("before")
		o.After = l.event(f)
		f.Orders = append(f.Orders, o)
	default:
		return fmt.Errorf("it begins with %q", word)
	}
	if l.space(); l.left != "" {
		l.fail("%q is left over", l.left)
	}
	return l.err
}

// scanner takes a line apart and keeps the first error.
type scanner struct {
	left string
	err  error
}

func (l *scanner) fail(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf(format, args...)
	}
	l.left = ""
}

func (l *scanner) space() { l.left = strings.TrimLeft(l.left, " ") }

func (l *scanner) word() string {
	l.space()
	w, rest, _ := strings.Cut(l.left, " ")
	l.left = rest
	return w
}

func (l *scanner) literal(want string) {
	if got := l.word(); got != want {
		l.fail("got %q, want %q", got, want)
	}
}

func (l *scanner) number() int {
	w := l.word()
	n, err := strconv.ParseUint(w, 10, 31)
	if err != nil {
		l.fail("%q is not a number", w)
	}
	return int(n)
}

func (l *scanner) numbers() []uint32 {
	var list []uint32
	for l.space(); l.left != ""; l.space() {
		list = append(list, uint32(l.number()))
	}
	return list
}

func (l *scanner) quoted() string {
	l.space()
	q, err := strconv.QuotedPrefix(l.left)
	if err != nil {
		l.fail("%q is not a quoted text", l.left)
		return ""
	}
	l.left = l.left[len(q):]
	text, _ := strconv.Unquote(q)
	return text
}

func (l *scanner) task() Task {
	t := Task{Path: l.word(), Name: l.quoted()}
	for l.space(); l.left != ""; l.space() {
		t.Points = append(t.Points, l.point())
	}
	return t
}

// point is a kind, the text of a seam, and the number of an object.
func (l *scanner) point() Point {
	l.space()
	end := strings.IndexAny(l.left, "=: ")
	if end < 0 {
		end = len(l.left)
	}
	p := Point{Kind: kindOf(l.left[:end])}
	if p.Kind == schedule.KindNone {
		l.fail("%q is not a kind of point", l.left[:end])
		return p
	}
	l.left = l.left[end:]
	if strings.HasPrefix(l.left, "=") {
		l.left = l.left[1:]
		p.Text = l.quoted()
	}
	if strings.HasPrefix(l.left, ":") {
		l.left = l.left[1:]
		p.Object = l.number()
	}
	return p
}

// event finds what a line names among what the lines before it tell.
func (l *scanner) event(f *Failure) Event {
	path := l.word()
	switch path {
	case "delay":
		e := Event{Task: -1, Delay: l.number()}
		if e.Delay < 1 || e.Delay > len(f.Delays) {
			l.fail("delay %d isn't one of %d", e.Delay, len(f.Delays))
		}
		return e
	case "action":
		return Event{Task: -1, Action: l.quoted(), Nth: l.number()}
	}
	l.quoted()
	l.literal("at")
	p := l.point()
	nth := l.number()
	if l.err != nil {
		return Event{}
	}
	for i, t := range f.Tasks {
		for k, n := 0, 0; t.Path == path && k < len(t.Points); k++ {
			if t.Points[k] == p {
				if n++; n == nth {
					return Event{Task: i, Point: k}
				}
			}
		}
	}
	l.fail("task %s is never at %s for the %d. time", path, p, nth)
	return Event{}
}

// kindOf is the kind with the name, or KindNone.
func kindOf(name string) schedule.Kind {
	for k := schedule.KindNone + 1; k <= schedule.KindDelay; k++ {
		if k.String() == name {
			return k
		}
	}
	return schedule.KindNone
}
