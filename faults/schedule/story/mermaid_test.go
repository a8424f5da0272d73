package story_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/story"
)

// script is a source of actions, one after the other.
type script struct{ actions []string }

func (s *script) Enabled(add func(schedule.Action)) {
	if len(s.actions) > 0 {
		add(schedule.Action{Name: s.actions[0], Do: func() { s.actions = s.actions[1:] }})
	}
}

// faulty is a run with messages of a network, faults, a delay, a sleep and
// seams.
func faulty(t *testing.T) *story.Story {
	t.Helper()
	_, told := run(t, schedule.NewList([]uint32{0, 1, 1, 1}), networked, true, func(s *schedule.Scheduler) {
		s.AddSource(&script{[]string{"deliver gateway->h1#1 up 1", "cut gateway->h2#1", "deliver gateway->h1#1 down 1", "tick"}})
	})
	return told
}

// lineForms are the lines that diagrams are made of; see mermaid.js.org.
var lineForms = []*regexp.Regexp{
	regexp.MustCompile(`^sequenceDiagram$`),
	regexp.MustCompile(`^  (actor|participant) [pt]\d+ as [^;\n]+$`),
	regexp.MustCompile(`^  [pt]\d+(->>|-\))[pt]\d+: .+$`),
	regexp.MustCompile(`^  Note over [pt]\d+(,[pt]\d+)?: .+$`),
}

// entity is how a character is written that means something to Mermaid.
var entity = regexp.MustCompile(`#(35|59|lt|gt);`)

// undrawn is the first line that Mermaid wouldn't take.
func undrawn(text string) string {
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		known := slices.ContainsFunc(lineForms, func(r *regexp.Regexp) bool { return r.MatchString(entity.ReplaceAllString(line, "?")) })
		if plain := entity.ReplaceAllString(line, ""); !known || strings.ContainsAny(plain, "#;") {
			return line
		}
	}
	return ""
}

// Diagrams are made of lines that Mermaid takes, and don't change.
func TestMermaid(t *testing.T) {
	_, told := run(t, schedule.Random(3), passed, true, nil)
	stories := map[string]*story.Story{"passed": told, "faulty": faulty(t)}
	for name, body := range toys {
		stories[name] = stuck(t, body)
	}
	for name, s := range stories {
		if line := undrawn(s.Mermaid(story.Layout{})); line != "" {
			t.Errorf("%s: line %q", name, line)
		}
	}
	for _, name := range []string{"passed", "faulty", "limited", "crossed", "dead"} {
		golden(t, name+".mermaid", stories[name].Mermaid(story.Layout{}))
	}
	if undrawn("sequenceDiagram\n  Note over t0: a;b\n") == "" || undrawn("  t0->t1\n") == "" {
		t.Error("a bad line wasn't seen")
	}
}
