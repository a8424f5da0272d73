package story_test

import (
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
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
