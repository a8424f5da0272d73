package weave

import (
	"fmt"
	"slices"
	"strings"
)

// plainPath is the import path without the variant that is built for a test.
func (p *listed) plainPath() string {
	plain, _, _ := strings.Cut(p.ImportPath, " ")
	return plain
}

// tests weaves the tests that import package explore. All files of such a
// package's tests are woven, because they share types.
func (w *weaver) tests() error {
	if len(w.o.Tests) == 0 {
		return nil
	}
	all, err := goList(w.o, nil, w.o.Tests)
	if err != nil {
		return err
	}
	for _, p := range all {
		if slices.Contains(p.TestImports, w.o.explorePath()) || slices.Contains(p.XTestImports, w.o.explorePath()) {
			w.result.Tests = append(w.result.Tests, p.ImportPath)
		}
	}
	if len(w.result.Tests) == 0 {
		return nil
	}
	all, err = goList(w.o, []string{"-deps", "-export", "-test"}, w.result.Tests)
	if err != nil {
		return err
	}
	l := newListing(all)
	for _, p := range all {
		// The main package that go test makes up has no variant.
		if p.ForTest == "" || !slices.Contains(w.result.Tests, p.ForTest) || p.plainPath() != p.ForTest && p.plainPath() != p.ForTest+"_test" {
			continue
		}
		if _, err := w.weave(l, p, true); err != nil {
			return fmt.Errorf("weave: tests of %s: %w", p.ForTest, err)
		}
	}
	return nil
}
