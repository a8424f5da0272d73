package counter

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/cmdline"
)

var update = flag.Bool("update", false, "write the outputs in docs/model.md")

const page = "../../../docs/model.md"

// specs are what the page calls by name.
var specs = map[string]func() *model.Spec[State]{
	"Spec": Spec, "Once": Once, "Answered": Answered, "Weak": Weak, "Strong": Strong, "Symmetric": Symmetric,
}

// TestPage keeps docs/model.md true: its code stands in this package, and what it
// says that weir prints is printed.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	sources := sourcesHere(t)
	blocks := make(map[string]int)
	fresh := eachBlock(string(text), func(kind, body string) string {
		blocks[kind]++
		switch kind {
		case "go":
			if !strings.Contains(sources, body) {
				t.Errorf("this code of %s is in no file of this package:\n%s", page, body)
			}
		case "mermaid":
			return diagram(t)
		case "":
			return printed(t, body)
		}
		return body
	})
	if blocks["go"] < 5 || blocks[""] < 5 || blocks["mermaid"] != 1 {
		t.Errorf("%s has %v blocks, want several of code and of output and one diagram", page, blocks)
	}
	if *update {
		if err := os.WriteFile(page, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, want := measured(string(text)), measured(fresh); got != want {
		t.Errorf("%s is not fresh: run go test ./model/internal/counter -update; %s", page, firstDifference(got, want))
	}
}

// eachBlock replaces the body of each fenced block of a page.
func eachBlock(text string, replace func(kind, body string) string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "```")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		kind, rest, _ := strings.Cut(rest, "\n")
		body, after, _ := strings.Cut(rest, "```")
		fmt.Fprintf(&b, "```%s\n%s```", kind, replace(kind, body))
		text = after
	}
}

// sourcesHere is all code of this package.
func sourcesHere(t *testing.T) string {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

var command = regexp.MustCompile(`^\$ weir check \./counter\.(\w+)(?: \| (head|tail) -n (\d+))?\n`)

// printed is what a block should say: the command, and what it prints.
func printed(t *testing.T, body string) string {
	m := command.FindStringSubmatch(body)
	if m == nil || specs[m[1]] == nil {
		t.Errorf("a block of %s begins with %.60q, want $ weir check ./counter.X", page, body)
		return body
	}
	var out bytes.Buffer
	cmdline.Main(t.Context(), nil, cmdline.Sure(specs[m[1]]), &out, os.Stderr)
	lines := strings.SplitAfter(out.String(), "\n")
	lines = lines[:len(lines)-1]
	if n, err := strconv.Atoi(m[3]); err == nil && m[2] == "head" {
		lines = lines[:n]
	} else if err == nil {
		lines = lines[len(lines)-n:]
	}
	return m[0] + strings.Join(lines, "")
}

func diagram(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "story.mmd")
	var out bytes.Buffer
	cmdline.Run(t.Context(), Drawn(), cmdline.Options{Mermaid: file}, &out, &out)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return string(text)
}

var (
	tookRow  = regexp.MustCompile(`(?m)^took .*$`)
	lastTime = regexp.MustCompile(`; [0-9.]+ s; exit`)
)

// measured takes out what differs from run to run: time and memory.
func measured(text string) string {
	return lastTime.ReplaceAllString(tookRow.ReplaceAllString(text, "took"), "; exit")
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d: got %q, want %q", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

// Each difference that the page may not have is seen.
func TestPageIsRefused(t *testing.T) {
	const text = "a\n```go\nx := 1\n```\nb\n```\n$ weir check ./counter.Once | head -n 2\nold\n```\n"
	fresh := eachBlock(text, func(kind, body string) string {
		if kind == "" {
			return printed(t, body)
		}
		return body
	})
	if want := strings.Replace(text, "old\n", "counter               kind        verdict\ncounter/at-most-once  always      held       in all 100 states\n", 1); fresh != want {
		t.Errorf("got %s\nwant %s", fresh, want)
	}
	if measured("took a\nheld; 0.1 s; exit 0") != measured("took b\nheld; 2.0 s; exit 0") || measured("held; exit 0") == measured("held; exit 1") {
		t.Error("times count, or exit codes don't")
	}
}
