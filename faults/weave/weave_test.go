package weave_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/weave"
)

// corner is left alone in three places, on purpose.
const corner = "github.com/weir-dev/weir/faults/weave/testdata/corner/corner.go"

// weaveTo weaves packages under testdata.
func weaveTo(t *testing.T, o weave.Options) weave.Result {
	t.Helper()
	if o.Out == "" {
		o.Out = t.TempDir()
	}
	result, err := weave.Weave(o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// goTest runs the tests of a package under testdata.
func goTest(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"test", "-count=1"}, args...)...)
	text, err := cmd.CombinedOutput()
	return string(text), err
}

func mustPass(t *testing.T, args ...string) {
	t.Helper()
	if text, err := goTest(t, args...); err != nil {
		t.Errorf("go test %s: %v\n%s", strings.Join(args, " "), err, text)
	}
}

func TestWovenCodeDoesWhatTheSourceDoes(t *testing.T) {
	result := weaveTo(t, weave.Options{Packages: []string{"./testdata/corner"}, Accept: []string{corner}})
	mustPass(t, "-run", "Plain", "./testdata/corner")
	mustPass(t, "-overlay", result.Overlay, "./testdata/corner")
	counts := map[string]int{}
	for _, f := range result.Files {
		for construct, n := range f.Counts {
			counts[construct] += n
		}
	}
	for construct, n := range map[string]int{"range chan": 5, "range map": 5, "select{}": 1, "time.Sleep": 2, "len": 12, "time.After": 5, "(*time.Timer).Stop": 20, "(*time.Ticker).Reset": 4, "context.WithTimeout": 4, "(context.Context).Err": 30} {
		if counts[construct] < n {
			t.Errorf("rewrote %d of %s, want %d or more", counts[construct], construct, n)
		}
	}
	for _, want := range []string{"untyped expression sh == 40", "type parameter C"} {
		if !slices.ContainsFunc(result.Warnings, func(w string) bool { return strings.Contains(w, want) }) {
			t.Errorf("no warning about %q in %q", want, result.Warnings)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		options weave.Options
		is      error
		text    string
	}{
		{"no packages", weave.Options{}, nil, "without Packages"},
		{"no out", weave.Options{Packages: []string{"."}, Out: ""}, nil, "without Out"},
		{"no match", weave.Options{Packages: []string{"./testdata/corner", "./testdata/none..."}}, weave.ErrNoMatch, `"./testdata/none..."`},
		{"no such folder", weave.Options{Packages: []string{"./testdata/none"}}, nil, "go list"},
		{"nothing", weave.Options{Packages: []string{"./testdata/nothing"}}, weave.ErrNothing, "testdata/nothing"},
		{"type error", weave.Options{Packages: []string{"./testdata/broken"}}, nil, "broken.go:5"},
		{"the scheduler", weave.Options{Packages: []string{"../schedule"}}, weave.ErrRefused, "scheduler"},
		{"a shim", weave.Options{Packages: []string{"../schedule/sync"}}, weave.ErrRefused, "scheduler"},
		{"standard library", weave.Options{Packages: []string{"sort"}}, weave.ErrRefused, "standard library"},
		{"partial", weave.Options{Packages: []string{"./testdata/corner"}}, weave.ErrPartial, "corner/corner.go: line "},
		{"no overlay", weave.Options{Packages: []string{"./testdata/corner"}, Overlay: "none.json"}, os.ErrNotExist, "none.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name != "no out" {
				c.options.Out = t.TempDir()
			}
			_, err := weave.Weave(c.options)
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got error %v, want one that is %v and has %q", err, c.is, c.text)
			}
		})
	}
}

func TestTheSameSourcesGiveTheSameFiles(t *testing.T) {
	out := t.TempDir()
	first := weaveTo(t, weave.Options{Packages: []string{"./testdata/corner"}, Accept: []string{corner}, Out: out})
	paths := append(slices.Collect(replacements(t, first)), first.Overlay)
	before := map[string]os.FileInfo{}
	for _, p := range paths {
		before[p] = stat(t, p)
	}
	weaveTo(t, weave.Options{Packages: []string{"./testdata/corner"}, Accept: []string{corner}, Out: out})
	for _, p := range paths {
		if after := stat(t, p); !after.ModTime().Equal(before[p].ModTime()) {
			t.Errorf("%s was written again", p)
		}
	}
	other := weaveTo(t, weave.Options{Packages: []string{"./testdata/corner"}, Accept: []string{corner}})
	for i, p := range slices.Collect(replacements(t, other)) {
		if read(t, p) != read(t, paths[i]) {
			t.Errorf("two runs give different files %s", paths[i])
		}
	}
}

func TestLinesKeepTheirNumbers(t *testing.T) {
	result := weaveTo(t, weave.Options{Packages: []string{"./testdata/corner"}, Accept: []string{corner}})
	marks := 0
	for n, p := range slices.Collect(replacements(t, result)) {
		source := strings.Split(read(t, result.Files[n].Path), "\n")
		woven := strings.Split(read(t, p), "\n")
		for i, line := range source {
			mark, _, ok := strings.Cut(line, `",`)
			if ok && strings.HasPrefix(strings.TrimSpace(mark), `p("`) {
				marks++
				if i >= len(woven) || !strings.HasPrefix(woven[i], mark) {
					t.Errorf("%s:%d: got another line, want %q", p, i+1, line)
				}
			}
		}
	}
	if marks < 40 {
		t.Errorf("%d lines compared, want some", marks)
	}
}

// A planted overlay adds a file to a package and replaces another; both must
// show in what is woven.
func TestOverlayIsAnInput(t *testing.T) {
	dir := t.TempDir()
	planted := filepath.Join(dir, "limiter.go")
	text := strings.Replace(read(t, "testdata/limiter/limiter.go"), "free--", "free -= 2", 1)
	if err := os.WriteFile(planted, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	target, err := filepath.Abs("testdata/limiter/limiter.go")
	if err != nil {
		t.Fatal(err)
	}
	unrelated, _ := filepath.Abs("testdata/corner/want.txt")
	overlay, _ := json.Marshal(map[string]any{"Replace": map[string]string{target: planted, unrelated: ""}})
	path := filepath.Join(dir, "planted.json")
	if err := os.WriteFile(path, overlay, 0o666); err != nil {
		t.Fatal(err)
	}
	result := weaveTo(t, weave.Options{Packages: []string{"./testdata/limiter"}, Overlay: path})
	var got struct{ Replace map[string]string }
	if err := json.Unmarshal([]byte(read(t, result.Overlay)), &got); err != nil {
		t.Fatal(err)
	}
	if woven := read(t, got.Replace[target]); !strings.Contains(woven, "free -= 2") || !strings.Contains(woven, "faults/schedule") {
		t.Errorf("the planted source was not woven:\n%s", woven)
	}
	if to, ok := got.Replace[unrelated]; !ok || to != "" {
		t.Errorf("the overlay lost an entry: got %q, %v", to, ok)
	}
}

func TestLimiter(t *testing.T) {
	result := weaveTo(t, weave.Options{Packages: []string{"./testdata/limiter"}})
	mustPass(t, "-overlay", result.Overlay, "./testdata/limiter")
}

func TestLimiterUnderRace(t *testing.T) {
	if testing.Short() {
		t.Skip("builds with -race")
	}
	result := weaveTo(t, weave.Options{Packages: []string{"./testdata/limiter"}, Race: true})
	flags := append([]string{"-race"}, result.Flags()...)
	mustPass(t, append(flags, "./testdata/limiter")...)
	// Neither the hand-over from one goroutine to the next nor what isn't told to the
	// detector must hide a race.
	t.Setenv("WEAVE_RACY", "1")
	text, err := goTest(t, append(flags, "-run", "Racy", "./testdata/limiter")...)
	if len(result.Flags()) < 4 {
		t.Errorf("got flags %v, want those that keep the detector from the scheduler", result.Flags())
	}
	if err == nil || !strings.Contains(text, "WARNING: DATA RACE") || !strings.Contains(text, "races were counted") {
		t.Errorf("the race was not reported: %v\n%s", err, text)
	}
}

// replacements are the woven files of an overlay, in the order of their
// sources.
func replacements(t *testing.T, r weave.Result) func(func(string) bool) {
	t.Helper()
	var o struct{ Replace map[string]string }
	if err := json.Unmarshal([]byte(read(t, r.Overlay)), &o); err != nil {
		t.Fatal(err)
	}
	return func(yield func(string) bool) {
		for _, f := range r.Files {
			if !yield(o.Replace[f.Path]) {
				return
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
