package weave_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/weave"
)

// gate is a package of a dependency that lets one in; its test is in another
// module.
const gate = `// Copyright notice.

package gate

import "sync"

// Gate lets one in.
type Gate struct {
	mu   sync.Mutex
	wake chan bool
}

// New makes a gate.
func New() *Gate { return &Gate{wake: make(chan bool, 1)} }

// Pass goes in and out.
func (g *Gate) Pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	go func() { g.wake <- true }()
	<-g.wake
}

// Vars tells whether the closures of a loop share its variable.
func Vars() (sum int) {
	numbers := make(chan int, 3)
	for i := 1; i <= 3; i++ {
		numbers <- i
	}
	close(numbers)
	var all []func() int
	for n := range numbers {
		all = append(all, func() int { return n })
	}
	for _, f := range all {
		sum += f()
	}
	return sum
}
`

// What Vars gives in versions of the language whose loops share a variable, up
// to go1.21, and in those after.
const (
	sharedVars = 9
	ownVars    = 6
)

// gateTest is a test of the user's that reaches the points of gate.
const gateTest = `package user_test

import (
	"testing"

	"example.test/gate"
	"github.com/weir-dev/weir/faults/schedule/explore"
)

func TestVars(t *testing.T) { t.Logf("vars are %d", gate.Vars()) }

func TestGate(t *testing.T) {
	explore.Test(t, explore.Config{Schedules: 20}, func(t *explore.T) {
		g := gate.New()
		done := make(chan bool)
		go func() { g.Pass(); done <- true }()
		g.Pass()
		<-done
	})
}
`

// writeTree writes files below dir.
func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// userModule makes a module that requires this one, and a dependency with
// package gate. The go command is told to use nothing but what is there.
func userModule(t *testing.T, require string, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	writeTree(t, dir, map[string]string{
		"go.mod":       "module example.test/user\n\ngo 1.26.0\n\nrequire github.com/weir-dev/weir v0.0.0\n\nreplace github.com/weir-dev/weir => " + root + "\n\n" + require,
		"user.go":      "// Package user has nothing to weave.\npackage user\n",
		"user_test.go": gateTest,
	})
	writeTree(t, dir, files)
	t.Setenv("GOFLAGS", "-mod=readonly")
	t.Setenv("GOWORK", "off")
	return dir
}

// proxied makes a module proxy of files with one version of example.test/gate,
// and a module cache that takes from it.
func proxied(t *testing.T, goMod string) {
	t.Helper()
	proxy := t.TempDir()
	at := filepath.Join(proxy, "example.test", "gate", "@v")
	writeTree(t, at, map[string]string{"list": "v1.0.0\n", "v1.0.0.mod": goMod, "v1.0.0.info": `{"Version":"v1.0.0"}`})
	f, err := os.Create(filepath.Join(at, "v1.0.0.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for name, text := range map[string]string{
		"gate.go":         gate,
		"gate_unix.go":    "//go:build unix || windows\n\npackage gate\n\nfunc (g *Gate) other() { <-g.wake }\n",
		"data/notice.txt": "kept",
	} {
		w, err := z.Create("example.test/gate@v1.0.0/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GO"+"PROXY", "file://"+filepath.ToSlash(proxy))
	t.Setenv("GOSUMDB", "off")
	t.Setenv("GOMODCACHE", filepath.Join(t.TempDir(), "cache"))
	t.Cleanup(func() {
		// The cache is read-only, which TempDir can't remove.
		if out, err := exec.Command("go", "clean", "-modcache").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
}

// goIn runs the go command in dir.
func goIn(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// testsWoven weaves example.test/gate for the module in dir, and sees that its
// test explores, and that Vars gives the sum.
func testsWoven(t *testing.T, dir string, sum int) weave.Result {
	t.Helper()
	before := snapshot(t, dir)
	result, err := weave.Weave(weave.Options{Dir: dir, Packages: []string{"example.test/gate"}, Tests: []string{"./..."}, Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if test := filepath.Join(dir, "user_test.go"); !slices.Equal(result.Tests, []string{"example.test/user"}) || !slices.ContainsFunc(result.Files, func(f weave.File) bool { return f.Path == test }) {
		t.Errorf("wove %v and the tests of %q, want those of the user among them", result.Files, result.Tests)
	}
	t.Setenv("WEIR_WOVEN", "1")
	out, err := goIn(t, dir, append(append([]string{"test", "-count=1", "-v"}, result.Flags()...), "./...")...)
	if err != nil || !strings.Contains(out, "explore: held in 20 schedules") {
		t.Errorf("the woven test: %v\n%s", err, out)
	}
	if want := fmt.Sprintf("vars are %d", sum); !strings.Contains(out, want) {
		t.Errorf("woven code doesn't do what the source does: want %q\n%s", want, out)
	}
	if after := snapshot(t, dir); after != before {
		t.Errorf("the user's tree was touched: got\n%s\nwant\n%s", after, before)
	}
	return result
}

// snapshot is the text of all files below dir.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			fmt.Fprintf(&b, "== %s\n%s", path, read(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A module in the module cache, where no overlay may reach, is copied; the
// version of the language that its go.mod names is too old for type parameters.
func TestModuleOfTheCache(t *testing.T) {
	for name, c := range map[string]struct {
		goMod string
		sum   int
	}{
		"of today":       {"module example.test/gate\n\ngo 1.22\n", ownVars},
		"before modules": {"module example.test/gate\n", sharedVars},
	} {
		t.Run(name, func(t *testing.T) {
			goMod := c.goMod
			proxied(t, goMod)
			dir := userModule(t, "require example.test/gate v1.0.0\n", nil)
			if out, err := goIn(t, dir, "mod", "download", "example.test/gate@v1.0.0"); err != nil {
				t.Fatal(out)
			}
			if out, err := goIn(t, dir, "get", "-t", "example.test/user"); err != nil {
				t.Fatal(out)
			}
			result := testsWoven(t, dir, c.sum)
			if result.Modfile == "" {
				t.Fatal("there is no modfile")
			}
			copied := filepath.Join(filepath.Dir(result.Modfile), "modules", "example.test", "gate")
			if got := read(t, filepath.Join(copied, "data", "notice.txt")); got != "kept" {
				t.Errorf("the other files of the module: got %q", got)
			}
			text := read(t, filepath.Join(copied, "gate.go"))
			if old := !strings.Contains(goMod, "1.22"); old != strings.HasPrefix(text, "//go:build go1.18\n//line gate.go:1\n") {
				t.Errorf("go.mod %q: the woven file begins %.60q", goMod, text)
			}
		})
	}
}

// A module that a folder replaces is under the overlay.
func TestModuleInAFolder(t *testing.T) {
	dir := userModule(t, "require example.test/gate v1.0.0\n\nreplace example.test/gate => ./gate\n", map[string]string{
		"gate/go.mod": "module example.test/gate\n\ngo 1.12\n", "gate/gate.go": gate,
	})
	if result := testsWoven(t, dir, sharedVars); result.Modfile != "" {
		t.Errorf("got modfile %s, want none", result.Modfile)
	}
}

// What a module vendors is under the overlay; the shims were vendored with
// package explore.
func TestVendoredModule(t *testing.T) {
	dir := userModule(t, "require example.test/gate v1.0.0\n\nreplace example.test/gate => ./gate\n", map[string]string{
		"gate/go.mod": "module example.test/gate\n\ngo 1.20\n", "gate/gate.go": gate,
	})
	if out, err := goIn(t, dir, "mod", "vendor"); err != nil {
		t.Fatal(out)
	}
	t.Setenv("GOFLAGS", "-mod=vendor")
	result := testsWoven(t, dir, sharedVars)
	if want := filepath.Join(dir, "vendor", "example.test", "gate", "gate.go"); !slices.ContainsFunc(result.Files, func(f weave.File) bool { return f.Path == want }) {
		t.Errorf("wove %v, want %s", result.Files, want)
	}
}

func TestModuleWithoutTheScheduler(t *testing.T) {
	dir := userModule(t, "", map[string]string{"gate/gate.go": gate, "go.mod": "module example.test/user\n\ngo 1.26.0\n"})
	_, err := weave.Weave(weave.Options{Dir: dir, Packages: []string{"./gate"}, Out: t.TempDir()})
	if !errors.Is(err, weave.ErrNoScheduler) || !strings.Contains(err.Error(), "go get github.com/weir-dev/weir") {
		t.Errorf("got error %v, want ErrNoScheduler", err)
	}
}

func TestWorkspaceIsRefused(t *testing.T) {
	proxied(t, "module example.test/gate\n")
	dir := userModule(t, "require example.test/gate v1.0.0\n", map[string]string{"go.work": "go 1.26.0\n\nuse .\n"})
	if out, err := goIn(t, dir, "get", "-t", "example.test/user"); err != nil {
		t.Fatal(out)
	}
	t.Setenv("GOWORK", filepath.Join(dir, "go.work"))
	_, err := weave.Weave(weave.Options{Dir: dir, Packages: []string{"example.test/gate"}, Out: t.TempDir()})
	if !errors.Is(err, weave.ErrRefused) || !strings.Contains(err.Error(), "GOWORK=off") {
		t.Errorf("got error %v, want ErrRefused", err)
	}
}

// Of what a wildcard matches, packages without anything to weave are left out.
func TestWildcard(t *testing.T) {
	dir := userModule(t, "", map[string]string{"gate/gate.go": gate, "user_test.go": "package user\n"})
	result, err := weave.Weave(weave.Options{Dir: dir, Packages: []string{"./..."}, Out: t.TempDir()})
	if err != nil || len(result.Packages) != 1 || result.Packages[0] != "example.test/user/gate" {
		t.Errorf("wove %v, %v; want gate", result.Packages, err)
	}
}

func TestCgoNeedsToBeAccepted(t *testing.T) {
	dir := userModule(t, "", map[string]string{
		"user_test.go": "package user\n", "gate/gate.go": gate,
		"gate/c.go": "package gate\n\n// int one(void) { return 1; }\nimport \"C\"\n\n// One is 1.\nfunc One() int { return int(C.one()) }\n",
	})
	t.Setenv("CGO_ENABLED", "1")
	o := weave.Options{Dir: dir, Packages: []string{"./gate"}, Out: t.TempDir()}
	if _, err := weave.Weave(o); !errors.Is(err, weave.ErrPartial) || !strings.Contains(err.Error(), "example.test/user/gate/c.go: it uses cgo") {
		t.Errorf("got error %v, want ErrPartial", err)
	}
	for _, accept := range []string{"example.test/user/gate/c.go", "example.test/user/gate"} {
		o.Accept = []string{accept}
		if result, err := weave.Weave(o); err != nil || len(result.Files) != 1 || len(result.Warnings) != 1 {
			t.Errorf("with %s accepted: wove %v with warnings %q, %v", accept, result.Files, result.Warnings, err)
		}
	}
}
