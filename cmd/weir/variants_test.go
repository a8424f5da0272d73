package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/properties"
)

func TestVariants(t *testing.T) {
	root := fakeCheckout(t, map[string]string{
		"impl/b/b.go":                    "package b\n\ntype B struct{}\n",
		"impl/b/c.go":                    "package b\n\nvar C = 1\n",
		"impl/b/b_test.go":               "package b\n",
		"impl/d/d.go":                    "package d\n\nimport \"github.com/weir-dev/weir/impl/b\"\n\nvar D = b.C\n",
		"impl/e/e.go":                    "package e\n",
		"properties/reference_b_test.go": makerText,
		"properties/reference_e_test.go": strings.ReplaceAll(makerText, "impl/b", "impl/e"),
	})
	files, err := variants(root, []bug{{"R05", map[string][]byte{"impl/b/c.go": []byte("package b\n\nvar C = 2\n")}}})
	if err != nil {
		t.Fatal(err)
	}
	line := func(name string, n int) string { return fmt.Sprintf("//line %s:%d\n", filepath.Join(root, name), n) }
	want := map[string]string{
		"impl/planted/R05/b/b.go": "package b\n" + line("impl/b/b.go", 2) + "\ntype B struct{}\n",
		"impl/planted/R05/b/c.go": "package b\n" + line("impl/b/c.go", 2) + "\nvar C = 2\n",
		// It imports what was changed.
		"impl/planted/R05/d/d.go":        "package d\n\nimport \"github.com/weir-dev/weir/impl/planted/R05/b\"\n" + line("impl/d/d.go", 4) + "\nvar D = b.C\n",
		"properties/planted_R05_test.go": "package properties_test\n\nvar referenceR05 = variant(\"R05\")\n",
		"properties/planted_R05_b_test.go": `package properties_test

import "github.com/weir-dev/weir/impl/planted/R05/b"

func init() { referenceR05.remote = newReferenceRemoteR05 }

type referenceRemoteR05 struct{ b.B } // of newReferenceRemoteR05, as a preference

func newReferenceRemoteR05() referenceRemoteR05 { return referenceRemoteR05{} }
`,
	}
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
		t.Errorf("got files %q, want %q", got, slices.Sorted(maps.Keys(want)))
	}
	for name, text := range want {
		if string(files[name]) != text {
			t.Errorf("%s: got\n%s\nwant\n%s", name, files[name], text)
		}
	}
}

func TestVariantsThatNobodyMakes(t *testing.T) {
	root := fakeCheckout(t, map[string]string{"impl/b/b.go": "package b\n"})
	_, err := variants(root, []bug{{"R05", map[string][]byte{"impl/b/b.go": []byte("package b // x\n")}}})
	if err == nil || !strings.Contains(err.Error(), "planted bug R05 is in impl/b, which no file properties/reference_*_test.go imports") {
		t.Errorf("got error %v, want one that says that the suite can't run it", err)
	}
}

func TestNamesOfTheTree(t *testing.T) {
	f := &properties.Failure{Observed: "panic in github.com/weir-dev/weir/impl/planted/R05/remote.(*Remote).listen",
		Story: []string{"0s  at /w/impl/planted/G01/gateway/ledger.go:3"}, Parked: []string{"impl/remote/x.go:12"}}
	asInTheTree(f)
	got := []string{f.Observed, f.Story[0], f.Parked[0]}
	want := []string{"panic in github.com/weir-dev/weir/impl/remote.(*Remote).listen", "0s  at /w/impl/gateway/ledger.go:3", "impl/remote/x.go:12"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBlamed(t *testing.T) {
	said := strings.Join([]string{"go test -c: exit status 1",
		"# github.com/weir-dev/weir/impl/planted/R05/remote",
		"impl/remote/link.go:3:1: undefined: x",
		"\thave (int)",
		"# github.com/weir-dev/weir/impl/remote",
		"impl/remote/link.go:9:1: of the implementation",
		"# github.com/weir-dev/weir/properties_test",
		"properties/planted_G01_gateway_test.go:7:1: undefined: gateway.New",
		"properties/other_test.go:8:1: of the suite",
		"weave: github.com/weir-dev/weir/impl/planted/R06/remote: /w/impl/remote/book.go:4: y",
		"FAIL\tgithub.com/weir-dev/weir/properties [build failed]"}, "\n")
	got := make(map[string]string)
	for id, err := range blamed(fmt.Errorf("outer: %w", complaint{errors.New(said)})) {
		got[id] = err.Error()
	}
	want := map[string]string{
		"R05": "does not build: impl/remote/link.go:3:1: undefined: x\n\thave (int)",
		"G01": "does not build: properties/planted_G01_gateway_test.go:7:1: undefined: gateway.New",
		"R06": "does not build: weave: github.com/weir-dev/weir/impl/remote: /w/impl/remote/book.go:4: y",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := blamed(errors.New(said)); len(got) != 0 {
		t.Errorf("an error of another kind: got %v, want nobody blamed", got)
	}
}

// A bug that doesn't compile is named, and the others are built.
func TestBuiltWithoutWhatDoesNotCompile(t *testing.T) {
	b, dir := fakeBuilder(t)
	bugs := []bug{{"R01", map[string][]byte{"impl/b/b.go": []byte("package b // 1\n")}}, {"R02", map[string][]byte{"impl/b/b.go": []byte("package b // 2\n")}}}
	write(t, filepath.Join(dir, "fail once"), "# github.com/weir-dev/weir/impl/planted/R01/b\nimpl/b/b.go:1:1: syntax error\n")
	made, err := b.build(t.Context(), raced, bugs)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(made.unbuilt); got != "map[R01:does not build: impl/b/b.go:1:1: syntax error]" {
		t.Errorf("got not built %s, want R01", got)
	}
	text, err := os.ReadFile(filepath.Join(b.dir, "planted", "race.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "R01") || !strings.Contains(string(text), "R02") {
		t.Errorf("got overlay %s, want one of R02", text)
	}
	if calls(t, dir) != 2 {
		t.Errorf("got %d calls of the compiler, want 2", calls(t, dir))
	}
}

// The makers of this checkout are named so that a variant has names of its
// own: what weir builds would not compile otherwise.
func TestMakersOfThisCheckout(t *testing.T) {
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	plants, err := readPlants(root)
	if err != nil {
		t.Fatal(err)
	}
	var bugs []bug
	for _, p := range plants {
		in, err := p.apply(root)
		if err != nil {
			t.Fatal(err)
		}
		bugs = append(bugs, in)
	}
	files, err := variants(root, bugs)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		for line := range strings.Lines(string(text)) {
			declares := strings.HasPrefix(line, "func new") || strings.HasPrefix(line, "type ") || strings.HasPrefix(line, "var ")
			id, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(name), "planted_"), "_")
			if strings.HasPrefix(name, suiteDir) && declares && !strings.Contains(line, id) {
				t.Errorf("%s declares %q, want %s in its name", name, strings.TrimSpace(line), id)
			}
		}
	}
}
