package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ownModule makes a module of a user's, with packages to check.
func ownModule(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/own\n\ngo 1.26.0\n\nrequire github.com/weir-dev/weir v0.0.0\n\nreplace github.com/weir-dev/weir => " + root + "\n",
		"lock/internal/spec/spec.go": `package spec

import (
	"os"

	"github.com/weir-dev/weir/model"
)

type State struct{ At [2]uint8 }

func Spec() (*model.Spec[State], error) {
	return &model.Spec[State]{
		Name: "lock", Init: []State{{}}, Actions: []string{"take", "give"},
		Next: func(s *State, x *model.Next[State]) {
			for p, at := range s.At {
				if at == 0 {
					x.Do(0, p).At[p] = 1
				} else {
					x.Do(1, p).At[p] = 0
				}
			}
		},
		Laws: []model.Law[State]{{Slug: "lock/exclusive", Holds: func(s *State) bool { return s.At != [2]uint8{1, 1} }}},
		Parties: func(_ *State, l model.Label, _ *State) (actor, other string) {
			return []string{"ann", "bob"}[l.Args[0]], "lock"
		},
	}, nil
}

func Endless() *model.Spec[uint64] {
	return &model.Spec[uint64]{
		Name: "endless", Init: []uint64{0}, Actions: []string{"left", "right"},
		Next: func(s *uint64, x *model.Next[uint64]) {
			*x.Do(0) = 2**s + 1
			*x.Do(1) = 2**s + 2
			if *s == 1<<20 {
				os.WriteFile(os.Getenv("SEARCHING"), nil, 0o666)
			}
		},
		Laws: []model.Law[uint64]{{Slug: "endless/counts", Holds: func(*uint64) bool { return true }}},
	}
}

func Panics() *model.Spec[State]     { panic("no spec today") }
func Number() int                    { return 1 }
func Nothing()                       {}
func Three() (a, b, c int)           { return }
func Pair() (int, int)               { return 1, 2 }
func Of(int) *model.Spec[State]      { return nil }
func Any[S comparable]() *model.Spec[S] { return nil }
func hidden() *model.Spec[State]     { return nil }
`,
		"lock/internal/spec/spec_test.go": "package spec\n\nfunc InTest() {}\n",
		"broken/broken.go":                "package broken\n\nfunc Spec() int { return undefined }\n",
		"ugly/ugly.go":                    "package ugly\n\nfunc Spec( {\n",
		"tool/main.go":                    "package main\n\nfunc Spec() {}\n\nfunc main() {}\n",
		"empty/README":                    "nothing\n",
		"other/go.mod":                    "module example.com/other\n\ngo 1.26.0\n",
		"other/other.go":                  "package other\n\nfunc Spec() int { return 1 }\n",
	} {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return dir
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// filesBelow lists all files of a directory.
func filesBelow(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

func TestCheckOwn(t *testing.T) {
	dir := ownModule(t)
	t.Chdir(dir)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	before := filesBelow(t, dir)
	diagram := filepath.Join(t.TempDir(), "s.mmd")
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"check", "--exact", "./lock/internal/spec.Spec", "--mermaid", diagram}, &out, &errs)
	if code != exitViolated || errs.Len() > 0 {
		t.Errorf("got exit %d and %q, want %d", code, errs.String(), exitViolated)
	}
	contains(t, "report", out.String(), "lock/exclusive  always      violated   after 2 steps\n", "collisions  none: exact\n", "At[1] 0 -> 1", "exit 1\n")
	contains(t, "diagram", readFile(t, diagram), "participant p0 as ann\n", "participant p2 as bob\n", "p0->>p1: take(0)\n")
	if after := filesBelow(t, dir); after != before {
		t.Errorf("the tree was changed: got files\n%s\nwant\n%s", after, before)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"./lock/internal/spec.Number", exitUsage, "func Number returns int, want *model.Spec[S], alone or with an error"},
		{"./lock/internal/spec.Panics", exitBroken, "no spec today"},
		{"./lock/internal/spec.Spec --law lock/none", exitUsage, `lock has no law "lock/none", want one of lock/exclusive`},
		{"./lock/internal/spec.Nothing", exitUsage, "func Nothing has 0 results, want *model.Spec[S]"},
		{"./lock/internal/spec.Three", exitUsage, "func Three has 3 results"},
		{"./lock/internal/spec.Pair", exitUsage, "func Pair returns int and int"},
		{"./lock/internal/spec.Of", exitUsage, "func Of takes arguments"},
		{"./lock/internal/spec.Any", exitUsage, "func Any has type parameters"},
		{"./lock/internal/spec.hidden", exitUsage, "hidden is not exported"},
		{"./lock/internal/spec.InTest", exitUsage, "func InTest is in a _test.go file"},
		{"./lock/internal/spec.None", exitUsage, "package example.com/own/lock/internal/spec has no func None"},
		{"example.com/own/lock/internal/spec.None", exitUsage, "package example.com/own/lock/internal/spec has no func None"},
		{"./lock/internal/spec.go", exitUsage, "\"go\" is no name of a function"},
		{"./lock/internal/spec.", exitUsage, `"" is no name of a function`},
		{"./none.Spec", exitUsage, "./none is no directory"},
		{"./empty.Spec", exitUsage, "no Go files in"},
		{".Spec", exitUsage, "no Go files in"},
		{"./tool.Spec", exitUsage, "is a program, which another can't import"},
		{"./ugly.Spec", exitUsage, "ugly.go:3"},
		{"./broken.Spec", exitBroken, "undefined: undefined"},
		{"./other.Spec", exitUsage, "module example.com/other does not require github.com/weir-dev/weir"},
		{"fmt.Println", exitUsage, "package fmt is in no module"},
		{"no.example/such.Spec", exitUsage, "no.example/such"},
	} {
		var out, errs bytes.Buffer
		if got := run(t.Context(), append([]string{"check"}, strings.Fields(c.args)...), &out, &errs); got != c.code || !strings.Contains(errs.String(), c.says) {
			t.Errorf("check %s: got exit %d and %q, want %d and %q", c.args, got, errs.String(), c.code, c.says)
		}
	}
	if left := filesBelow(t, temp); left != temp {
		t.Errorf("temporary files are left behind:\n%s", left)
	}
	if after := filesBelow(t, dir); after != before {
		t.Errorf("the tree was changed: got files\n%s\nwant\n%s", after, before)
	}
}

// What is known when weir is interrupted is reported.
func TestInterruptedOwn(t *testing.T) {
	noLeaks(t)
	t.Chdir(ownModule(t))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	searching := filepath.Join(t.TempDir(), "searching")
	t.Setenv("SEARCHING", searching)
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(searching); err == nil {
				cancel()
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	var out, report bytes.Buffer
	code := run(ctx, []string{"check", "./lock/internal/spec.Endless", "--workers", "1"}, &report, &out)
	if code != exitUndecided {
		t.Errorf("got exit %d and %q, want %d", code, out.String(), exitUndecided)
	}
	contains(t, "report", strings.Join(strings.Fields(report.String()), " "), "interrupted in level", "undecided: 1 law of 1", "exit 3")
}

func TestNoGoCommandToCheck(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var out, errs bytes.Buffer
	if got := run(t.Context(), []string{"check", "./lock.Spec"}, &out, &errs); got != exitBroken || !strings.Contains(errs.String(), "the go command is not in PATH") {
		t.Errorf("got exit %d and %q", got, errs.String())
	}
}
