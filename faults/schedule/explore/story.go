package explore

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/weir-dev/weir/faults/schedule/story"
)

// layout bounds the story of a report, which is indented there.
var layout = story.Layout{Width: 110, Lines: 60}

// tell writes what happened, and of goroutines that are left why.
func (o *outcome) tell(b *strings.Builder) {
	if o.told == nil {
		return
	}
	block(b, "story", linesOf(o.told.Text(layout)))
	if o.kind == Deadlock || o.kind == Leak {
		block(b, "explain", linesOf(o.told.Explain()))
	}
}

// linesOf are the lines of a text; none if it is empty.
func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// draw writes the diagram and the timeline of a story that the settings ask
// for.
func (s *Settings) draw(told *story.Story) error {
	switch {
	case s.Mermaid == "" && s.Perfetto == "":
		return nil
	case told == nil:
		return errors.New("explore: nothing is drawn: the schedule came to no end, so that it has no story")
	}
	var errs []error
	if s.Mermaid != "" {
		errs = append(errs, os.WriteFile(s.Mermaid, []byte(told.Mermaid(story.Layout{})), 0o666))
	}
	if s.Perfetto != "" {
		errs = append(errs, os.WriteFile(s.Perfetto, told.Perfetto(story.StepTime), 0o666))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("explore: the story can't be drawn: %w", err)
	}
	return nil
}
