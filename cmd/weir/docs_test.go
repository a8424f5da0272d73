package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	goSample    = regexp.MustCompile("(?s)```go\n(.*?)```")
	shownSample = regexp.MustCompile("(?s)```(diff|console)\n(.*?)```")
	seconds     = regexp.MustCompile(`[0-9]+\.[0-9]+s`)
)

// What docs/schedules.md shows is what happens: its samples are a module, its
// diffs are made to it, and its commands say what they are shown to say. With
// -update what they say is written into it.
func TestSchedulesDocument(t *testing.T) {
	path, err := filepath.Abs(filepath.Join("..", "..", "docs", "schedules.md"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	userModule(t)
	samples := goSample.FindAllStringSubmatch(text, -1)
	if len(samples) != 2 {
		t.Fatalf("%s has %d Go samples, want 2", path, len(samples))
	}
	if err := os.RemoveAll("limiter"); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join("limiter", "limiter.go")
	write(t, source, samples[0][1])
	write(t, filepath.Join("limiter", "limiter_test.go"), samples[1][1])
	said := shownSample.ReplaceAllStringFunc(text, func(block string) string {
		sample := shownSample.FindStringSubmatch(block)
		if sample[1] == "diff" {
			write(t, source, patched(t, readFile(t, source), sample[2]))
			return block
		}
		command, _, _ := strings.Cut(strings.TrimPrefix(sample[2], "$ "), "\n")
		if strings.Contains(command, "/explain/") { // the one that signals nobody
			repaired := readFile(t, source)
			write(t, source, strings.Replace(repaired, "\tl.cond.Signal()\n", "", 1))
			defer write(t, source, repaired)
			defer os.RemoveAll(filepath.Join("limiter", "testdata"))
		}
		if strings.Contains(command, "-strategy=exhaustive") { // the repaired one without a counter, and its test, which is closed
			write(t, source, strings.Replace(samples[0][1], "if l.busy", "for l.busy", 1))
			write(t, filepath.Join("limiter", "limiter_test.go"), strings.Replace(samples[1][1], "explore.Config{}", "explore.Config{Closed: true}", 1))
		}
		return "```console\n$ " + command + "\n" + seconds.ReplaceAllString(saysOf(t, command), "0.00s") + "```"
	})
	if *update && said != text {
		write(t, path, said)
	} else if said != text {
		got, want := strings.Split(said, "\n"), strings.Split(text, "\n")
		i := 0
		for i < min(len(got), len(want))-1 && got[i] == want[i] {
			i++
		}
		t.Errorf("%s:%d shows other output than there is now; go test -run %s -update writes it:\ngot  %s\nwant %s", path, i+1, t.Name(), got[i], want[i])
	}
}

// patched is a source with a diff made to it. What comes between lines with @@
// is looked for by what it says.
func patched(t *testing.T, source, diff string) string {
	t.Helper()
	for hunk := range strings.SplitSeq(diff, "@@\n") {
		var was, is strings.Builder
		for line := range strings.Lines(hunk) {
			switch rest := line[1:]; line[0] {
			case '-':
				was.WriteString(rest)
			case '+':
				is.WriteString(rest)
			default:
				was.WriteString(rest)
				is.WriteString(rest)
			}
		}
		if strings.Count(source, was.String()) != 1 {
			t.Errorf("the source has %d times\n%s\nwant once", strings.Count(source, was.String()), was.String())
		}
		source = strings.Replace(source, was.String(), is.String(), 1)
	}
	return source
}

// saysOf runs a command of the document, as on a machine with two cores.
func saysOf(t *testing.T, command string) string {
	t.Helper()
	command, filter, isFiltered := strings.Cut(command, " | ")
	args := strings.Fields(command)
	if args[0] != "weir" {
		if args[0] == "go" {
			args = append([]string{"go", args[1], "-count=1"}, args[2:]...)
		}
		out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		return string(out)
	}
	var out, errs bytes.Buffer
	extra := []string{"test", "-processes=2"}
	if strings.Contains(command, "-strategy=exhaustive") {
		extra = extra[:1]
	}
	if code := run(t.Context(), append(extra, args[2:]...), &out, &errs); code == exitUsage || code == exitBroken {
		t.Errorf("%s: exit %d, %s", command, code, errs.String())
	}
	if !isFiltered {
		return out.String()
	}
	sh := exec.Command("sh", "-c", filter)
	sh.Stdin = &out
	said, err := sh.Output()
	if err != nil {
		t.Errorf("%s: %v", filter, err)
	}
	return string(said)
}
