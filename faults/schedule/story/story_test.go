package story_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/story"
)

// Each toy gets stuck, and the explanation says why.
func TestExplain(t *testing.T) {
	for name, body := range toys {
		t.Run(name, func(t *testing.T) { golden(t, name+".explained", stuck(t, body).Explain()) })
	}
}

// The steps are told by turns, with values, wakes and lines of the source.
func TestText(t *testing.T) {
	for name, body := range map[string]func(){"crossed": crossed, "limited": limited, "dead": dead, "unended": unended, "misclosed": misclosed, "timed": timed} {
		t.Run(name, func(t *testing.T) { golden(t, name+".text", stuck(t, body).Text(story.Layout{})) })
	}
	_, told := run(t, schedule.Random(3), passed, true, nil)
	golden(t, "passed.text", told.Text(story.Layout{Width: 100}))
}

// A goroutine that is left is told with its ancestors.
func TestLeft(t *testing.T) {
	golden(t, "started.left", strings.Join(stuck(t, started).Left(), "\n")+"\n")
}

// toys are the toys that get stuck.
var toys = map[string]func(){
	"crossed": crossed, "limited": limited, "knocked": knocked, "forgotten": forgotten, "unended": unended, "misclosed": misclosed,
	"undone": undone, "dead": dead, "rewritten": rewritten, "started": started, "timed": timed,
}

func TestTextOfFaults(t *testing.T) { golden(t, "faulty.text", faulty(t).Text(story.Layout{})) }

var startedBy = regexp.MustCompile(`^> (\S+)  \(started by (\S+) in step (\d+)\)$`)

// The step that a goroutine was started in is the one that shows the go
// statement, with its name.
func TestStartedInTheStepThatShowsIt(t *testing.T) {
	started := 0
	for name, body := range toys {
		text := stuck(t, body).Text(story.Layout{Width: 400, Lines: 10_000})
		spawns, step := map[string]string{}, ""
		lines := strings.Split(text, "\n")
		for _, line := range lines {
			words := strings.Fields(line)
			if len(words) > 1 && strings.Trim(words[0], "0123456789") == "" {
				step, words = words[0], words[1:]
			}
			if len(words) > 1 && words[0] == "go" {
				spawns[words[1]] = step
			}
		}
		for _, line := range lines {
			if m := startedBy.FindStringSubmatch(line); m != nil {
				started++
				if spawns[m[1]] != m[3] {
					t.Errorf("%s: %q, but step %q shows that\n%s", name, line, spawns[m[1]], text)
				}
			}
		}
	}
	if started < 5 {
		t.Errorf("%d goroutines were started in all toys, want more", started)
	}
}

// What the code has no name for is called by its type.
func TestUnnamed(t *testing.T) {
	_, told := run(t, schedule.NewList(nil), func() {
		new(atomic.Int32).Load()
		schedule.Recv(time.After(time.Second))
		n := []uint32{0}
		atomic.LoadUint32(&n[0])
	}, true, nil)
	text := told.Text(story.Layout{})
	for _, want := range []string{"atomic.load int32#1 ", "recv chan#1, waits ", "atomic.load atomic#1 "} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}
