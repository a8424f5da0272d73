package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// makerText makes what is in impl/b for the suite.
const makerText = `package properties_test

import "github.com/weir-dev/weir/impl/b"

func init() { reference.remote = newReferenceRemote }

type referenceRemote struct{ b.B } // of newReferenceRemote, as a preference

func newReferenceRemote() referenceRemote { return referenceRemote{} }
`

// fakeBuilder builds with a go command that only notes what it is to do, in
// the directory that is returned.
func fakeBuilder(t *testing.T) (*builder, string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(fakeGoVariable, dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir()
	if err := os.Symlink(self, filepath.Join(path, "go")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	t.Setenv("PATH", path)
	root := fakeCheckout(t, map[string]string{"properties/p_test.go": "1", "properties/reference_a_test.go": makerText, "impl/b/b.go": "package b\n", "impl/a_test.go": "1", "impl/testdata/x": "1", "cmd/weir/go.mod": "module x\n", "cmd/weir/main.go": "1", "README.md": "1"})
	s, err := newScratch(workDir(root))
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBuilder(t.Context(), root, s)
	if err != nil {
		t.Fatal(err)
	}
	return b, dir
}

// calls counts how often the go command was called.
func calls(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Count(string(text), "\n")
}

func TestBuiltOnce(t *testing.T) {
	b, dir := fakeBuilder(t)
	in := bug{"R01", map[string][]byte{"impl/b/b.go": []byte("x")}}
	with := func(all ...bug) []bug { return all }
	change := func(name string) func() {
		return func() { write(t, filepath.Join(b.root, filepath.FromSlash(name)), time.Now().String()) }
	}
	for _, c := range []struct {
		what  string
		do    func()
		in    []bug
		build bool
	}{
		{"the first time", func() {}, nil, true},
		{"again", func() {}, nil, false},
		{"a bug", func() {}, with(in), true},
		{"the bug again", func() {}, with(in), false},
		{"another content of the bug", func() { in.files["impl/b/b.go"] = []byte("y") }, with(in), true},
		{"without the bug", func() {}, nil, false},
		{"two bugs", func() {}, with(in, bug{"R02", in.files}), true},
		{"two bugs again", func() {}, with(in, bug{"R02", in.files}), false},
		{"two bugs, one with another id", func() {}, with(in, bug{"R03", in.files}), true},
		{"a source", change("impl/a.go"), nil, true},
		{"a test of the suite", change("properties/p_test.go"), nil, true},
		{"go.sum", change("go.sum"), nil, true},
		{"another test", change("impl/a_test.go"), nil, false},
		{"test data", change("impl/testdata/x"), nil, false},
		{"another module", change("cmd/weir/main.go"), nil, false},
		{"a text", change("README.md"), nil, false},
		{"the environment", func() { b.environment += "x" }, nil, true},
	} {
		c.do()
		before := calls(t, dir)
		made, err := b.build(t.Context(), raced, c.in)
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		path := made.path
		if got := calls(t, dir) > before; got != c.build {
			t.Errorf("%s: got built %v, want %v", c.what, got, c.build)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != "binary" {
			t.Errorf("%s: got binary %q, error %v", c.what, text, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(b.bin(), "reference-race-*.test"))
	if err != nil || len(left) != kept {
		t.Errorf("got binaries %q, error %v, want %d", left, err, kept)
	}
}

func TestChangedWhileBuilding(t *testing.T) {
	b, dir := fakeBuilder(t)
	write(t, filepath.Join(dir, "touch"), filepath.Join(b.root, "impl", "a.go"))
	for i := range 2 { // the second time nothing changes any more
		made, err := b.build(t.Context(), raced, nil)
		if err != nil {
			t.Fatal(err)
		}
		path := made.path
		if isKept := filepath.Dir(path) == b.bin(); isKept != (i == 1) {
			t.Errorf("build %d: got binary %s, want it kept: %v", i+1, path, i == 1)
		}
	}
}

func TestCompilerComplains(t *testing.T) {
	b, dir := fakeBuilder(t)
	var text strings.Builder
	for i := range 30 {
		fmt.Fprintf(&text, "impl/a.go:%d:1: undefined: x\n", i+1)
	}
	write(t, filepath.Join(dir, "fail"), text.String())
	_, err := b.build(t.Context(), raced, nil)
	if err == nil {
		t.Fatal("a compiler that fails: got no error")
	}
	contains(t, "error", err.Error(), "go test -c -vet=off -race -o ", "exit status 1", "impl/a.go:20:1: undefined: x", "and 10 lines more")
	if strings.Contains(err.Error(), "a.go:21:") {
		t.Errorf("got error %v, want at most %d lines of the compiler", err, compilerLines)
	}
}

func TestBuildInterrupted(t *testing.T) {
	b, _ := fakeBuilder(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.build(ctx, raced, nil); err == nil {
		t.Error("got no error, want one")
	}
}

func TestScratch(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, scratchPrefix+"old")
	write(t, filepath.Join(old, "x"), "")
	write(t, filepath.Join(dir, scratchPrefix+"new", "x"), "")
	write(t, filepath.Join(dir, "bin", "x"), "")
	long := time.Now().Add(-2 * scratchAge)
	for _, path := range []string{old, filepath.Join(dir, "bin")} {
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
	}
	s, err := newScratch(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := filepath.Base(s.file("planted G01/a b")); got != "planted-G01-a-b" {
		t.Errorf("got file %q", got)
	}
	if err := s.remove(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != "bin" || left[1].Name() != scratchPrefix+"new" {
		t.Errorf("got %v, error %v, want bin and the directory of a run that may still be going on", left, err)
	}
}
