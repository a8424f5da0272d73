package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const orderHeader = "law: remote/order\ntitle: t\n\n"

func TestPlants(t *testing.T) {
	added := "diff --git a/impl/b.go b/impl/b.go\nnew file mode 100644\n--- /dev/null\n+++ b/impl/b.go\n@@ -0,0 +1 @@\n+x\n"
	removed := "diff --git a/impl/a.go b/impl/a.go\ndeleted file mode 100644\n--- a/impl/a.go\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-zero\n-one\n-three\n"
	renamed := "diff --git a/impl/a.go b/impl/b.go\nsimilarity index 100%\nrename from impl/a.go\nrename to impl/b.go\n"
	for name, c := range map[string]struct{ text, bad string }{
		"good":                   {orderHeader + diffOf("impl/a.go", "-one", "+two"), ""},
		"no header":              {diffOf("impl/a.go", "-one", "+two"), "the header is incomplete"},
		"no title":               {"law: remote/order\n" + diffOf("impl/a.go", "-one", "+two"), "the header is incomplete"},
		"header behind the diff": {diffOf("impl/a.go", "-one", "+two") + orderHeader, "the header is incomplete"},
		"unknown law":            {"law: remote/speed\ntitle: t\n", `law "remote/speed" is not in the catalogue`},
		"no matter of order":     {"law: remote/order\ntitle: t\norder: no\n\n" + diffOf("impl/a.go", "-one", "+two"), ""},
		"garbled order":          {"law: remote/order\ntitle: t\norder: maybe\n\n" + diffOf("impl/a.go", "-one", "+two"), `order is "maybe", want yes if`},
		"no hunk":                {orderHeader, "changes nothing"},
		"does not apply":         {orderHeader + diffOf("impl/a.go", "-four", "+two"), "no longer applies to impl/a.go"},
		"file is gone":           {orderHeader + diffOf("impl/gone.go", "-one", "+two"), "no longer applies"},
		"changes nothing":        {orderHeader + diffOf("impl/a.go", "-one", "+one"), "changes nothing in impl/a.go"},
		"garbled":                {orderHeader + strings.Replace(diffOf("impl/a.go", "-one", "+two"), "@@ -1,3", "@@ -1,9", 1), "is not a patch"},
		"touches the judges":     {orderHeader + diffOf("properties/p.go", "-one", "+two"), "touches properties/p.go"},
		"climbs out":             {orderHeader + diffOf("impl/../properties/p.go", "-one", "+two"), "it may change Go files of impl only"},
		"touches a test":         {orderHeader + diffOf("impl/a_test.go", "-one", "+two"), "it may change Go files of impl only"},
		"touches no Go file":     {orderHeader + diffOf("impl/README.md", "-one", "+two"), "it may change Go files of impl only"},
		"adds a file":            {orderHeader + added, "touches impl/b.go"},
		"removes a file":         {orderHeader + removed, "touches impl/a.go"},
		"renames a file":         {orderHeader + renamed, "touches impl/b.go"},
	} {
		root := fakeCheckout(t, map[string]string{"testdata/planted/R01.patch": c.text, "testdata/planted/notes.txt": "no patch"})
		got, err := applied(root)
		switch {
		case c.bad == "" && (err != nil || got != "zero\ntwo\nthree\n"):
			t.Errorf("%s: got %q, error %v", name, got, err)
		case c.bad != "" && (err == nil || !strings.Contains(err.Error(), c.bad)):
			t.Errorf("%s: got error %v, want one that says %q", name, err, c.bad)
		}
		if b, err := os.ReadFile(filepath.Join(root, "impl", "a.go")); err != nil || string(b) != "zero\none\nthree\n" {
			t.Errorf("%s: the tree was modified: %q, %v", name, b, err)
		}
	}
}

// applied reads the first planted bug and returns impl/a.go with it.
func applied(root string) (string, error) {
	plants, err := readPlants(root)
	if err != nil {
		return "", err
	}
	in, err := plants[0].apply(root)
	return string(in.files["impl/a.go"]), err
}

func TestPlantHeader(t *testing.T) {
	for text, order := range map[string]bool{"": true, "order: yes\n": true, "order: no\n": false} {
		p, err := parsePlant("R01", []byte("law: remote/order\ntitle: t\n"+text))
		if err != nil || p.Order != order || p.Law != "remote/order" || p.Title != "t" {
			t.Errorf("%q: got %+v, error %v, want order %v", text, p, err, order)
		}
	}
	root := fakeCheckout(t, map[string]string{"testdata/planted/R-01.patch": orderHeader})
	if _, err := readPlants(root); err == nil || !strings.Contains(err.Error(), `"R-01" is no id, want letters and digits`) {
		t.Errorf("got error %v, want one about the id", err)
	}
}

func TestNoPlants(t *testing.T) {
	if _, err := readPlants(fakeCheckout(t, nil)); err == nil || !strings.Contains(err.Error(), "holds no patch") {
		t.Errorf("got error %v, want one that says there is none", err)
	}
}

// What the patches of this checkout do is for verify to find out; here they
// must be readable and apply.
func TestPlantsOfThisCheckout(t *testing.T) {
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	plants, err := readPlants(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plants {
		if _, err := p.apply(root); err != nil {
			t.Error(err)
		}
	}
}
