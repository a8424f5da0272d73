package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/weir-dev/weir/properties"
)

func TestNotes(t *testing.T) {
	progress := note(t, properties.Note{Progress: &properties.Tally{Cases: 7}})
	last := note(t, properties.Note{Held: &properties.Tally{Cases: 9}})
	failure := note(t, properties.Note{Failure: failureOf("remote/order", 3)})
	for name, c := range map[string]struct {
		text  string
		cases int
		final bool
		law   string
		bad   string
	}{
		"nothing":               {"", 0, false, "", ""},
		"progress":              {progress, 7, false, "", ""},
		"a verdict":             {progress + last, 9, true, "", ""},
		"a failure":             {progress + failure, 7, true, "remote/order", ""},
		"half a line":           {progress + last[:len(last)/2], 7, false, "", ""},
		"a line without an end": {progress + strings.TrimSuffix(last, "\n"), 7, false, "", ""},
		"no note at all":        {progress + "panic: x\n" + last, 7, false, "", "line 2 of its report is not a note"},
		"half a line inside":    {progress + failure[:20] + "\n" + last, 7, false, "", "line 2 of its report is not a note"},
	} {
		r := suiteResult{tally: &properties.Tally{}}
		err := r.take([]byte(c.text))
		law := ""
		if r.failure != nil {
			law = r.failure.Law
		}
		if r.tally.Cases != c.cases || r.final != c.final || law != c.law {
			t.Errorf("%s: got %d cases, final %v, law %q; want %d, %v, %q", name, r.tally.Cases, r.final, law, c.cases, c.final, c.law)
		}
		if (err != nil) != (c.bad != "") || err != nil && !strings.Contains(err.Error(), c.bad) {
			t.Errorf("%s: got error %v, want %q", name, err, c.bad)
		}
	}
}

func TestNoReportYet(t *testing.T) {
	r := suiteResult{tally: &properties.Tally{}}
	if err := r.read(filepath.Join(t.TempDir(), "none")); err != nil || r.final {
		t.Errorf("got error %v, final %v, want neither", err, r.final)
	}
}
