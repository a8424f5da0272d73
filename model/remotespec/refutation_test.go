package remotespec

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/weir-dev/weir/model"
)

var update = flag.Bool("update", false, "write the stories in testdata anew")

// TestRefutations: every bug is found as promised, and its first story is the
// one in testdata.
func TestRefutations(t *testing.T) {
	laws := map[Variant]string{}
	for _, r := range Refutations() {
		first, again := laws[r.Variant]
		if underRace && again {
			continue
		}
		t.Run(r.Variant.String()+"/"+r.Params.Name+"/"+filepath.Base(r.Law), func(t *testing.T) {
			sp := Spec(r.Params)
			if again && r.Law != first {
				sp = Only(sp, r.Law)
			}
			v := check(t, sp).Violation
			if v == nil {
				t.Fatalf("no law is violated, want %s", r.Law)
			}
			if v.Law != r.Law || len(v.Steps) != r.Steps || !v.Short {
				t.Errorf("got %s after %d steps, shortest: %v, want %s after %d\n%v", v.Law, len(v.Steps), v.Short, r.Law, r.Steps, v)
			}
			if v.Lasso != (r.Params.Runs && (r.Law == "remote/answered" || r.Law == "remote/close-returns")) {
				t.Errorf("got a lasso: %v", v.Lasso)
			}
			if !again {
				golden(t, r.Variant.String(), v.String())
			}
		})
		if !again {
			laws[r.Variant] = r.Law
		}
	}
	for _, v := range Variants() {
		if laws[v] == "" {
			t.Errorf("%v has no refutation", v)
		}
	}
}

// golden compares a story with the one in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run with -update to write it", err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestCorrectBesideVariants: in every world in which a bug is found, a spec
// without it holds.
func TestCorrectBesideVariants(t *testing.T) {
	notUnderRace(t)
	seen := map[Params]bool{}
	for _, r := range Refutations() {
		p := r.Params
		p.Variant = Correct
		if seen[p] {
			continue
		}
		seen[p] = true
		for _, v := range checkLoosely(t, withoutFacts(Spec(p))).Verdicts {
			if v.Verdict != model.Held {
				t.Errorf("%s: %s is %v: %s", p.Name, v.Law, v.Verdict, v.Reason)
			}
		}
	}
}
