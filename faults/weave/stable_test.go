package weave_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/weave"
)

var (
	refactored   = flag.Int("weave.refactorings", 10, "refactored programs that TestSavedFailuresSurviveRefactoring replays failures on")
	savedEach    = flag.Int("weave.traces", 1, "failures that it saves for each toy")
	refactorMost = flag.Int("weave.most", 6, "refactorings of one program at most")
	stableSeed   = flag.Uint64("weave.seed", 1, "seed of the refactorings")
)

// stableRow is what the program in testdata/stable/play.txt tells of one saved
// failure on one refactored program.
type stableRow struct {
	Toy, Variant, How, Text string
	Aligned                 bool
	Runs                    int
	Listed, Random, Whole   bool
}

// A failure that is saved as constraints comes back after the program was
// refactored: over random refactorings of programs with a bug each, in 95 of
// 100 cases at least. For more of them:
//
//	go test ./faults/weave -run SavedFailures -v -weave.refactorings 240 -weave.traces 2 -weave.most 8
func TestSavedFailuresSurviveRefactoring(t *testing.T) {
	dir := t.TempDir()
	done := writeStable(t, dir)
	result := weaveTo(t, weave.Options{Dir: dir, Packages: []string{"./toys/..."}, Out: filepath.Join(dir, ".weave")})
	cmd := exec.Command("go", "test", "-v", "-count=1", "-overlay", result.Overlay, ".")
	cmd.Dir = dir
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var rows []stableRow
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for lines.Scan() {
		if line, ok := strings.CutPrefix(lines.Text(), "ROW "); ok {
			var r stableRow
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, r)
		}
	}
	judgeStable(t, rows, done)
}

// judgeStable counts and complains.
func judgeStable(t *testing.T, rows []stableRow, done map[string][]string) {
	if want := *refactored * *savedEach; len(rows) != want {
		t.Fatalf("got %d replays, want %d", len(rows), want)
	}
	counts := map[string]int{}
	kinds := map[string][2]int{}
	for _, r := range rows {
		came := r.How == "exact" || r.How == "reproduced"
		counts[r.How]++
		for what, is := range map[string]bool{"came": came, "aligned": came && r.Aligned, "by choices alone": r.Listed, "by as many random schedules": r.Random} {
			if is {
				counts[what]++
			}
		}
		for _, k := range kindsOf(done[r.Toy+"/"+r.Variant]) {
			n := kinds[k]
			n[1]++
			if came {
				n[0]++
			}
			kinds[k] = n
		}
		if !came {
			t.Logf("%s %s after %v: %s", r.Toy, r.Variant, done[r.Toy+"/"+r.Variant], r.Text)
		}
	}
	t.Logf("of %d replays: %v", len(rows), counts)
	t.Logf("reproduced by refactoring: %v", kinds)
	if counts["came"]*100 < len(rows)*95 {
		t.Errorf("%d of %d saved failures came back, want 95 of 100", counts["came"], len(rows))
	}
}

// writeStable writes a module with the toys and their refactored variants, and
// tells what was done to each.
func writeStable(t *testing.T, dir string) map[string][]string {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	mod := fmt.Sprintf("module stable\n\ngo 1.26.0\n\nrequire github.com/weir-dev/weir v0.0.0\n\nreplace github.com/weir-dev/weir => %s\n", root)
	write(t, dir, "go.mod", mod)
	write(t, dir, "go.sum", string(sum))
	play, err := os.ReadFile("testdata/stable/play.txt")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "play_test.go", string(play))
	toys, err := filepath.Glob("testdata/stable/*/toy.go")
	if err != nil || len(toys) == 0 {
		t.Fatalf("no toys: %v", err)
	}
	table := &stableTable{}
	r := rand.New(rand.NewPCG(*stableSeed, 0))
	for _, path := range toys {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		table.add(t, dir, filepath.Base(filepath.Dir(path)), "", string(text))
	}
	done := map[string][]string{}
	for i := range *refactored {
		path := toys[i%len(toys)]
		toy := filepath.Base(filepath.Dir(path))
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed, kinds, err := refactor(string(text), r, *refactorMost)
		if err != nil {
			t.Fatalf("%s: %v", toy, err)
		}
		variant := fmt.Sprintf("v%03d", i)
		done[toy+"/"+variant] = kinds
		table.add(t, dir, toy, variant, changed)
	}
	table.write(t, dir)
	return done
}

// stableTable is the Go file that lists the programs.
type stableTable struct{ imports, rows strings.Builder }

func (b *stableTable) add(t *testing.T, dir, toy, variant, text string) {
	name := toy + variant
	write(t, dir, filepath.Join("toys", name, "toy.go"), text)
	fmt.Fprintf(&b.imports, "import %s \"stable/toys/%s\"\n", name, name)
	fmt.Fprintf(&b.rows, "{%q, %q, %s.Run},\n", toy, variant, name)
}

func (b *stableTable) write(t *testing.T, dir string) {
	text, err := format.Source(fmt.Appendf(nil, "package stable\n%s\nconst traces = %d\n\ntype program struct {\ntoy, variant string\nrun func() bool\n}\n\nvar programs = []program{\n%s}\n", b.imports.String(), *savedEach, b.rows.String()))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "programs_test.go", string(text))
}

func write(t *testing.T, dir, name, text string) {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
