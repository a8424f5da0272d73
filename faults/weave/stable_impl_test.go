package weave_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/weave"
)

var (
	implEach = flag.Int("weave.impl", 0, "refactored reference implementations that each planted bug's saved failure is replayed on")
	implBugs = flag.String("weave.bugs", "*", "planted bugs that it is done for, as a pattern of file names")
)

// The violations that planted bugs cause in the reference implementation come
// back too, after it was refactored. One binary holds all of it, each bug and
// each refactoring in packages of its own:
//
//	go test ./faults/weave -run PlantedBugs -v -timeout 1h -weave.impl 25
func TestPlantedBugsSurviveRefactoring(t *testing.T) {
	if *implEach == 0 {
		t.Skip("no -weave.impl; it builds the suite with that many copies of the implementation for each planted bug")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	patches, err := filepath.Glob(filepath.Join(root, "testdata/planted", *implBugs+".patch"))
	if err != nil || len(patches) == 0 {
		t.Fatalf("no planted bugs: %v", err)
	}
	build := &implBuild{root: root, dir: t.TempDir(), replace: map[string]string{}, done: map[string][]string{}, check: newChecker(t, root)}
	r := rand.New(rand.NewPCG(*stableSeed, 1))
	var bugs []*implBug
	for _, patch := range patches {
		b := newImplBug(t, root, patch)
		bugs = append(bugs, b)
		build.add(t, b, b.id, b.files)
		for i := range *implEach {
			build.refactored(t, b, fmt.Sprintf("%s_%02d", b.id, i), r)
		}
	}
	binary := build.build(t)
	counts := map[string]int{}
	for _, b := range bugs {
		build.replay(t, binary, b, counts)
		t.Logf("so far %v", counts)
	}
	came := counts["exact"] + counts["reproduced"]
	t.Logf("of %d replays: %v", counts["replays"], counts)
	if want := len(bugs) * *implEach; counts["replays"] != want {
		t.Errorf("got %d replays, want %d", counts["replays"], want)
	}
	if came*100 < counts["replays"]*95 {
		t.Errorf("%d of %d saved failures came back, want 95 of 100", came, counts["replays"])
	}
}

// implBug is the reference implementation with a planted bug.
type implBug struct {
	id, law, protocol string
	files             map[string]string // by their names
}

func newImplBug(t *testing.T, root, patch string) *implBug {
	b := &implBug{id: strings.TrimSuffix(filepath.Base(patch), ".patch"), files: map[string]string{}}
	text, err := os.ReadFile(patch)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	b.law = strings.TrimPrefix(first, "law: ")
	b.protocol, _, _ = strings.Cut(b.law, "/")
	paths, err := filepath.Glob(filepath.Join(root, "impl", b.protocol, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, p := range paths {
		if !strings.HasSuffix(p, "_test.go") {
			write(t, dir, filepath.Join("impl", b.protocol, filepath.Base(p)), readText(t, p))
		}
	}
	cmd := exec.Command("patch", "-s", "-p1", "-d", dir, "-i", patch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", b.id, err, out)
	}
	planted, _ := filepath.Glob(filepath.Join(dir, "impl", b.protocol, "*.go"))
	for _, p := range planted {
		b.files[filepath.Base(p)] = readText(t, p)
	}
	return b
}

func readText(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// implBuild is the binary to build.
type implBuild struct {
	root, dir string
	replace   map[string]string   // the overlay
	done      map[string][]string // refactorings by variant
	check     *checker
	refused   int // refactorings that didn't compile
}

// add puts an implementation beside the others.
func (b *implBuild) add(t *testing.T, bug *implBug, name string, files map[string]string) {
	path := filepath.Join("impl/planted", name, bug.protocol)
	put := func(at, text string) {
		write(t, b.dir, at, text)
		b.replace[filepath.Join(b.root, at)] = filepath.Join(b.dir, at)
	}
	for file, text := range files {
		put(filepath.Join(path, file), text)
	}
	maker := fmt.Sprintf("reference_%s_test.go", bug.protocol)
	text := madeBy.ReplaceAllString(readText(t, filepath.Join(b.root, "properties", maker)), "${1}"+name)
	text = strings.Replace(text, `"github.com/weir-dev/weir/impl/`+bug.protocol+`"`, `"github.com/weir-dev/weir/`+filepath.ToSlash(path)+`"`, 1)
	put(filepath.Join("properties", "variant_"+name+"_test.go"), fmt.Sprintf("%s\nvar reference%s = variant(%q)\n", text, name, name))
}

// madeBy matches the names of what makes the reference implementation.
var madeBy = regexp.MustCompile(`\b((?:reference|newReference)\w*)\b`)

// refactored adds a refactored implementation that compiles.
func (b *implBuild) refactored(t *testing.T, bug *implBug, name string, r *rand.Rand) {
	for {
		files, done := bug.refactor(t, r)
		err := b.check.check(bug.protocol, files)
		if err == nil {
			b.done[name] = done
			b.add(t, bug, name, files)
			return
		}
		b.refused++
		if b.refused > 20+len(b.done) {
			t.Fatalf("most refactorings don't compile, the last was %v: %v", done, err)
		}
	}
}

// build builds the suite with everything, woven.
func (b *implBuild) build(t *testing.T) (binary string) {
	o, err := json.Marshal(map[string]any{"Replace": b.replace})
	if err != nil {
		t.Fatal(err)
	}
	write(t, b.dir, "overlay.json", string(o))
	woven, err := weave.Weave(weave.Options{Dir: b.root, Packages: []string{"./impl/..."}, Out: filepath.Join(b.dir, "woven"), Overlay: filepath.Join(b.dir, "overlay.json")})
	if err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(b.dir, "suite.test")
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", woven.Overlay, "-o", binary, "./properties")
	cmd.Dir = b.root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%d refactored implementations are in %s; %d others didn't compile", len(b.done), binary, b.refused)
	return binary
}

// replay runs the suite's TestEdited.
func (b *implBuild) replay(t *testing.T, binary string, bug *implBug, counts map[string]int) {
	file := filepath.Join(b.dir, bug.id+".case")
	// A refactoring that goes wrong may loop for ever.
	cmd := exec.Command(binary, "-test.run=^TestEdited$", "-test.v", "-test.timeout=5m", "-edited.law", bug.law, "-edited.bug", bug.id, "-edited.file", file)
	cmd.Dir = filepath.Join(b.root, "properties")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", bug.id, err, out[:min(len(out), 4000)])
		return
	}
	for line := range strings.Lines(string(out)) {
		if text, ok := strings.CutPrefix(line, "SAVED "); ok {
			t.Logf("%s: %s", bug.id, text)
		}
		text, ok := strings.CutPrefix(line, "ROW ")
		if !ok {
			continue
		}
		var row stableRow
		if err := json.Unmarshal([]byte(text), &row); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		counts["replays"]++
		counts[row.How]++
		if row.Aligned && row.How == "reproduced" {
			counts["aligned"]++
		}
		if row.Listed {
			counts["by choices alone"]++
		}
		if row.Whole {
			counts["by the whole order"]++
		}
		if row.Random {
			counts["by as many random schedules"]++
		}
		t.Logf("%s %v: %s", row.Variant, b.done[row.Variant], row.Text)
	}
}

// checker tells whether files of a package compile, by what the build has
// exported of those that they import.
type checker struct{ imports types.Importer }

func newChecker(t *testing.T, root string) *checker {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "./impl/...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[path] = file
	}
	return &checker{importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
}

func (c *checker) check(name string, files map[string]string) error {
	fset := token.NewFileSet()
	var parsed []*ast.File
	for file, text := range files {
		f, err := parser.ParseFile(fset, file, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		parsed = append(parsed, f)
	}
	conf := types.Config{Importer: c.imports}
	_, err := conf.Check(name, fset, parsed, nil)
	return err
}

// refactor changes some of the files.
func (b *implBug) refactor(t *testing.T, r *rand.Rand) (files map[string]string, done []string) {
	files = map[string]string{}
	var names []string
	for name, text := range b.files {
		files[name] = text
		names = append(names, name)
	}
	slices.Sort(names)
	for i := range 3 + r.IntN(6) {
		name := pick(r, names)
		var others []string
		for other, text := range files {
			if other != name {
				others = append(others, text)
			}
		}
		slices.Sort(others)
		changed, kinds, err := refactorBy(looseProgram(others), fmt.Sprintf("X%dX", i), files[name], r, 1+r.IntN(*refactorMost))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files[name] = changed
		done = append(done, kinds...)
	}
	return files, done
}
