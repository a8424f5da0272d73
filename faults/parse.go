package faults

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Parse reads a plan as String prints it: faults parted by semicolons, each
//
//	kind link[#generation] [up|down|both] [N times] [when chosen|after N frames|after N bytes|at 3s] [for 2s]
//
// with the parts after the link in any order. The empty text and "none" are
// the empty plan. The plan it returns is valid; the error else names the fault
// and says what was expected.
func Parse(text string) (Plan, error) {
	if t := strings.TrimSpace(text); t == "" || t == none {
		return nil, nil
	}
	var p Plan
	for _, part := range strings.Split(text, ";") {
		part = strings.Join(strings.Fields(part), " ")
		f, err := parseFault(part)
		if err != nil {
			return nil, fmt.Errorf("fault %q: %w", part, err)
		}
		p = append(p, f)
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return p, nil
}

// parser walks the words of one fault.
type parser struct {
	words []string
	seen  map[string]bool // parts that were given already
}

func parseFault(text string) (f Fault, err error) {
	p := parser{words: strings.Fields(text), seen: map[string]bool{}}
	if len(p.words) < 2 {
		return f, errors.New("too short, want at least a kind and a link: \"cut remote->peer\"")
	}
	if f.Kind, err = parseKind(p.next()); err != nil {
		return f, err
	}
	if err = p.link(&f); err != nil {
		return f, err
	}
	for len(p.words) > 0 {
		if err = p.part(&f); err != nil {
			return f, err
		}
	}
	return f, nil
}

// next takes one word, the empty one after the last.
func (p *parser) next() string {
	if len(p.words) == 0 {
		return ""
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

func (p *parser) link(f *Fault) (err error) {
	link, nth, numbered := strings.Cut(p.next(), "#")
	f.Link = link
	if !numbered {
		return nil
	}
	if f.Nth, err = strconv.Atoi(nth); err != nil || f.Nth < 1 {
		return fmt.Errorf("generation %q is no number from 1: write \"%s#2\"", nth, link)
	}
	return nil
}

// once refuses a part that was given before.
func (p *parser) once(part string) error {
	if p.seen[part] {
		return fmt.Errorf("has two parts that give its %s: leave one out", part)
	}
	p.seen[part] = true
	return nil
}

func (p *parser) part(f *Fault) error {
	switch w := p.next(); w {
	case "up", "down", "both":
		f.Dir = map[string]Direction{"up": Up, "down": Down, "both": Both}[w]
		return p.once("direction")
	case "when":
		return errors.Join(p.once("trigger"), p.chosen(f))
	case "after":
		return errors.Join(p.once("trigger"), p.after(f))
	case "at":
		return errors.Join(p.once("trigger"), p.at(f))
	case "for":
		d, err := p.duration()
		f.For = d
		return errors.Join(p.once("duration"), err)
	default:
		n, err := strconv.Atoi(w)
		if unit := p.next(); err != nil || unit != "times" && unit != "time" || n < 1 {
			return fmt.Errorf("%q is not understood: after the link come \"up\", \"down\", \"2 times\", \"when chosen\", \"after 3 frames\", \"after 512 bytes\", \"at 3s\", \"for 2s\"", strings.TrimSpace(w+" "+unit))
		}
		f.Count = n
		return p.once("count")
	}
}

func (p *parser) chosen(f *Fault) error {
	if w := p.next(); w != "chosen" {
		return fmt.Errorf("\"when %s\" is not understood: write \"when chosen\"", w)
	}
	f.When = WhenChosen()
	return nil
}

func (p *parser) after(f *Fault) error {
	count, unit := p.next(), p.next()
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 {
		return fmt.Errorf("\"after %s\" is no number from 1: write \"after 3 frames\" or \"after 512 bytes\"", strings.TrimSpace(count+" "+unit))
	}
	switch unit {
	case "frame", "frames":
		f.When = AfterFrames(n)
	case "byte", "bytes":
		f.When = AfterBytes(n)
	default:
		return fmt.Errorf("\"after %d %s\" has no known unit: write frames or bytes", n, unit)
	}
	return nil
}

func (p *parser) at(f *Fault) error {
	d, err := p.duration()
	f.When = At(d)
	return err
}

func (p *parser) duration() (time.Duration, error) {
	w := p.next()
	d, err := time.ParseDuration(w)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is no duration above 0: write \"2s\" or \"150ms\"", w)
	}
	return d, nil
}
