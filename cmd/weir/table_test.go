package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule/strategy"
	"github.com/weir-dev/weir/properties"
)

var update = flag.Bool("update", false, "write the golden files")

// sample is a result with a bit of everything.
func sample() result {
	return result{
		Laws: []lawResult{
			{"remote/order", "always", held, evidence{2_643_535, 21_688, 23_374}, ""},
			{"remote/no-idle-wait", "always", undecided, evidence{2_643_535, 0, 0}, "remote under schedules: stuck in real time for 100s (run it woven to see where)"},
			{"remote/answered", "eventually", undecided, evidence{}, "remote under schedules: stuck in real time for 100s (run it woven to see where)"},
			{"remote/sometimes-unknown-memory-lost", "sometimes", unchecked, evidence{}, ""},
			{"gateway/count", "always", violated, evidence{4_409_112, 732, 10_250}, "reserved 1"},
			{"gateway/no-lockup", "eventually", held, evidence{4_409_112, 17_574, 0}, ""},
			{"gateway/sometimes-overloaded", "sometimes", held, evidence{4_409_112, 0, 0}, ""},
		},
		Specs: []specResult{{Spec: "remote", Size: "ci", States: 1_847_407, Edges: 8_712_851, verdict: "held"},
			{Spec: "gateway", Size: "ci-hostile", States: 1_233_616, Edges: 6_969_847, verdict: "undecided"}},
		Planted: []plantResult{{ID: "G01", Caught: true, Law: "gateway/count", Schedules: 1204, By: "pct d=3"}, {ID: "R05", Caught: true, Law: "remote/no-crash", Schedules: 3},
			{ID: "R06", Law: "remote/answered", Schedules: 9, why: "x"}, {ID: "R07", Undecided: true, Law: "remote/order", Schedules: 812, why: "remote/order held in 812 schedules, and there was no time for more"}},
		Searches: []searchResult{sampleSearch("remote", false), sampleSearch("gateway", true)},
		Seconds:  93.25,
		Exit:     exitViolated,
		Refuted: []variantResult{{"R05", "remote", "small", "remote/no-crash", 8, true, true}, {"R06", "remote", "small", "remote/answered", 15, true, false},
			{"G01", "gateway", "ci", "gateway/count", 4, true, true}, {"G02", "gateway", "ci", "gateway/count", 9, false, false}},
		failures: []*properties.Failure{failureOf("gateway/count", 3)},
		broken:   []string{"planted bug R06 was not caught: undecided\nmore of it"},
		plants:   5, ranPlanted: true, interrupted: true,
	}
}

// sampleSearch is what strategies did in two runs of a suite.
func sampleSearch(suite string, failed bool) searchResult {
	r := searchResult{Suite: suite}
	tally := &properties.Tally{Cases: 21_000, Strategies: []strategy.Report{
		{Name: "rapid", Schedules: 10_500, Distinct: 10_444, Steps: 230},
		{Name: "pct d=2", Schedules: 10_500, Distinct: 9000, Traces: 8000, Steps: 200, Tasks: 12, Bound: 1. / 2400},
	}}
	run := suiteResult{tally: tally, took: 9 * time.Second}
	r.add(run)
	if failed {
		tally.Strategies[1].Failures, run.failure = 1, failureOf("gateway/count", 3)
	}
	r.add(run)
	return r
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	sample().print(&out)
	golden(t, "table.txt", out.Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		write(t, path, string(got))
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; if it is better now, run go test with -update. Got\n%s\nwant\n%s", path, got, want)
	}
}

// The whole catalogue with large numbers fits into the width.
func TestTableWidth(t *testing.T) {
	r := sample()
	b := newBook()
	for slug := range b.laws {
		b.say(slug, undecided, "a reason that is long, and gives a path that is long, /somewhere/deep/below/a/directory/of/a/tree, and some words more", evidence{1_234_567_890, 98_765_432, 98_765_432})
	}
	r.Laws = b.rows()
	var out bytes.Buffer
	r.print(&out)
	table, _, _ := strings.Cut(out.String(), "\nlaw  ")
	for line := range strings.Lines(table) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > tableWidth {
			t.Errorf("line of %d columns, want at most %d: %s", n, tableWidth, line)
		}
	}
	for slug := range b.laws {
		if !regexp.MustCompile(`(?m)^` + slug + ` `).MatchString(table) {
			t.Errorf("%s has no row of its own with its whole name", slug)
		}
	}
}

func TestColorsOnlyOnATerminal(t *testing.T) {
	if got := (printer{}).paint("held", "held"); got != "held" {
		t.Errorf("without colors: got %q", got)
	}
	if got := (printer{colors: true}).paint("violated", "violated "); got != "\033[31mviolated \033[0m" {
		t.Errorf("with colors: got %q", got)
	}
	if hasColors(&bytes.Buffer{}) {
		t.Error("a buffer is taken for a terminal")
	}
}

func TestJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.json")
	if err := sample().write(path); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "result.json", got)
}

func TestJSONWithoutAnything(t *testing.T) {
	v := newVerification(t.TempDir(), verifyFlags{}, quiet())
	got, err := json.Marshal(v.report(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "JSON", string(got), `"planted":[],"specs":[],"refuted":[{"bug":"R`, `"searches":[]`, `{"law":"remote/order","kind":"always","verdict":"unchecked","evidence":{"states":0,"schedules":0,"messages":0}}`)
	if strings.Contains(string(got), "null") {
		t.Errorf("got null in %s", got)
	}
	// The bugs in the specs were not looked for: that is no success.
	contains(t, "JSON", string(got), `"exit":3`)
}

func TestOldJSONIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.json")
	write(t, path, "old")
	if err := prepareJSON("verify", path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the old result is still there: %v", err)
	}
}
