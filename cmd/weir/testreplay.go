package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/weir-dev/weir/faults/schedule/explore"
)

// keepAndReplay saves the failures of a package in its testdata, and runs each
// again in a fresh process.
func (x *exploration) keepAndReplay(ctx context.Context, p *testedPackage) {
	for _, t := range p.sorted() {
		f, ok := t.saved(p.dir)
		if !ok {
			continue
		}
		f.Weave = x.woven.Packages
		path := filepath.Join(p.dir, "testdata", "weir", filepath.Base(f.Name()))
		if err := writeChanged(path, f.Marshal()); err != nil {
			x.progress.say("%s: the failing schedule could not be saved: %v", t.name, err)
			continue
		}
		t.file = path
		set := x.args.settings
		set.Replay, set.Check = path, false
		w := x.newWorker(ctx, p, set, "replay of "+p.path+" "+t.name, "-test.run="+exactly(t.name))
		w.err = w.cmd.Run()
		w.follow()
		t.replayed, t.race = t.compare(w), raceReport(w.output.String())
	}
}

// compare says whether a fresh process did the same.
func (t *testedTest) compare(w *worker) string {
	n, was, crash := w.notes[t.name], t.worst(), crashLine(w.output.String())
	switch {
	case t.crash != nil && crash == t.crash.Message:
		return "it crashes again in a fresh process"
	case t.crash != nil || !n.Final:
		return "it does not replay in a fresh process: that came to " + firstLine(string(n.Kind)+" "+crash)
	case n.Kind == explore.Hang && was.Kind == explore.Hang:
		return "it hangs again in a fresh process"
	case n.Kind == was.Kind && n.Exact && n.Trace == was.Trace:
		return "it replays exactly in a fresh process"
	case n.Kind == was.Kind:
		return "a fresh process fails in the same way, but not by the same steps: -check-determinism says where they part"
	}
	return fmt.Sprintf("it does not replay in a fresh process, which came to %s: state outlives schedules, or something isn't chosen (-check-determinism)", n.Kind)
}
