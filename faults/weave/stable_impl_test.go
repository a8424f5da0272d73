package weave_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
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
// back too, after it was refactored. It takes some seconds for each:
//
//	go test ./faults/weave -run PlantedBugs -v -timeout 1h -weave.impl 25
func TestPlantedBugsSurviveRefactoring(t *testing.T) {
	if *implEach == 0 {
		t.Skip("no -weave.impl; it builds the suite that many times for each planted bug")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	patches, err := filepath.Glob(filepath.Join(root, "testdata/planted", *implBugs+".patch"))
	if err != nil || len(patches) == 0 {
		t.Fatalf("no planted bugs: %v", err)
	}
	counts := map[string]int{}
	r := rand.New(rand.NewPCG(*stableSeed, 1))
	for _, patch := range patches {
		b := newImplBug(t, root, patch)
		if !b.save(t) {
			counts["not saved"]++
			continue
		}
		for range *implEach {
			b.replay(t, r, counts)
			t.Logf("so far %v", counts)
		}
	}
	came := counts["exact"] + counts["reproduced"]
	t.Logf("of %d replays: %v", counts["replays"], counts)
	if came*100 < counts["replays"]*95 {
		t.Errorf("%d of %d saved failures came back, want 95 of 100", came, counts["replays"])
	}
}

// implBug is the reference implementation with a planted bug.
type implBug struct {
	id, law, root, dir, saved string
	files                     map[string]string // by their paths in the tree
}

func newImplBug(t *testing.T, root, patch string) *implBug {
	id := strings.TrimSuffix(filepath.Base(patch), ".patch")
	b := &implBug{id: id, root: root, dir: t.TempDir(), files: map[string]string{}}
	text, err := os.ReadFile(patch)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	b.law = strings.TrimPrefix(first, "law: ")
	protocol, _, _ := strings.Cut(b.law, "/")
	paths, err := filepath.Glob(filepath.Join(root, "impl", protocol, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		source, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		write(t, b.dir, filepath.Join("impl", protocol, filepath.Base(p)), string(source))
	}
	cmd := exec.Command("patch", "-s", "-p1", "-d", b.dir, "-i", patch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", id, err, out)
	}
	planted, _ := filepath.Glob(filepath.Join(b.dir, "impl", protocol, "*.go"))
	for _, p := range planted {
		source, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		b.files[filepath.Join("impl", protocol, filepath.Base(p))] = string(source)
	}
	return b
}

// build builds the suite over the files, woven.
func (b *implBug) build(t *testing.T, files map[string]string) (binary string, err error) {
	replace := map[string]string{}
	for name, text := range files {
		write(t, b.dir, filepath.Join("now", name), text)
		replace[filepath.Join(b.root, name)] = filepath.Join(b.dir, "now", name)
	}
	o, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	write(t, b.dir, "overlay.json", string(o))
	woven, err := weave.Weave(weave.Options{Dir: b.root, Packages: []string{"./impl/..."}, Out: filepath.Join(b.dir, "woven"), Overlay: filepath.Join(b.dir, "overlay.json")})
	if err != nil {
		return "", err
	}
	binary = filepath.Join(b.dir, "suite.test")
	cmd := exec.Command("go", "test", "-c", "-overlay", woven.Overlay, "-o", binary, "./properties")
	cmd.Dir = b.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return binary, nil
}

// run runs the suite's TestEdited.
func (b *implBug) run(t *testing.T, binary string, args ...string) string {
	cmd := exec.Command(binary, append([]string{"-test.run=^TestEdited$", "-test.v", "-edited.law", b.law}, args...)...)
	cmd.Dir = filepath.Join(b.root, "properties")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("%s: %v\n%s", b.id, err, out[:min(len(out), 4000)])
	}
	return string(out)
}

// save finds the bug and saves its failure.
func (b *implBug) save(t *testing.T) bool {
	binary, err := b.build(t, b.files)
	if err != nil {
		t.Fatal(err)
	}
	b.saved = filepath.Join(b.dir, "saved")
	out := b.run(t, binary, "-edited.save", b.saved)
	text, err := os.ReadFile(b.saved)
	t.Logf("%s\n%s%s", b.id, out, text)
	return err == nil
}

// replay replays the failure on a refactored implementation.
func (b *implBug) replay(t *testing.T, r *rand.Rand, counts map[string]int) {
	for {
		files, done := b.refactor(t, r)
		binary, err := b.build(t, files)
		if err != nil {
			counts["not built"]++
			t.Logf("%s %v: %.800s", b.id, done, err.Error())
			if counts["not built"] > 10+counts["replays"] {
				t.Fatal("most refactorings don't compile")
			}
			continue
		}
		out := b.run(t, binary, "-edited.replay", b.saved)
		_, line, _ := strings.Cut(out, "ROW ")
		var row stableRow
		if err := json.Unmarshal(bytes.TrimSpace([]byte(strings.SplitN(line, "\n", 2)[0])), &row); err != nil {
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
		if row.Random {
			counts["by as many random schedules"]++
		}
		t.Logf("%s %v: %s", b.id, done, row.Text)
		return
	}
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
