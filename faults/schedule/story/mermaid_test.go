package story_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
	regexp.MustCompile(`^  (  )?Note over [pt]\d+(,[pt]\d+)?: .+$`),
	regexp.MustCompile(`^  rect rgb\(\d+, \d+, \d+\)$`),
	regexp.MustCompile(`^  end$`),
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

// What moves along a link is an arrow, and every fault and delay is marked.
func TestMermaidMarksFaults(t *testing.T) {
	arrows := map[string]string{
		"accept remote->peer#1": "p0->>p1", "header remote->peer#1 down": "p1->>p0", "close remote->peer#1 up": "p0->>p1",
		"deliver remote->peer#1 up 3": "p0->>p1", "deliver remote->peer#1 down 1": "p1->>p0",
	}
	faults := []string{
		"cut remote->peer#1", "reset remote->peer#1 at server", "break remote->peer#1 at client", "refuse remote->peer 2 times",
		"hold remote->peer#2 up for 1s",
	}
	names := append(slices.Sorted(maps.Keys(arrows)), faults...)
	one := make([]uint32, len(names))
	for i := range one {
		one[i] = 1 // the action, not the goroutine
	}
	_, told := run(t, schedule.NewList(one), networked, true, func(s *schedule.Scheduler) { s.AddSource(&script{slices.Clone(names)}) })
	text := told.Mermaid(story.Layout{})
	for name, arrow := range arrows {
		if line := "\n  " + arrow + ": " + escaped(name) + "\n"; !strings.Contains(text, line) {
			t.Errorf("no line %q", line)
		}
	}
	for _, name := range faults {
		if line := "\n  rect rgb(255, 220, 220)\n    Note over p0,p1: fault: " + escaped(name) + "\n  end\n"; !strings.Contains(text, line) {
			t.Errorf("no lines %q", line)
		}
	}
	delayed := delayedStory(t).Mermaid(story.Layout{})
	if line := "  end\n"; undrawn(delayed) != "" || strings.Count(delayed, "    Note over t0: time passes: ") != 1 || strings.Count(delayed, line) != 1 {
		t.Errorf("the delay isn't marked in\n%s", delayed)
	}
	if t.Failed() {
		t.Log(text)
	}
}

func escaped(name string) string { return strings.NewReplacer("#", "#35;", ">", "#gt;").Replace(name) }

// delayedStory is a run in which time passes although something can go on.
func delayedStory(t *testing.T) (told *story.Story) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rec := story.NewRecorder()
		s, err := schedule.New(schedule.Config{Chooser: schedule.NewList([]uint32{0, 1}), Delays: 1, Trace: rec.Trace})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Teardown()
		s.Go("main", networked)
		s.Run(nil, 10*time.Second)
		told = rec.End(s)
	})
	return told
}
