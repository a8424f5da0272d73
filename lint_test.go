// Package weir_test keeps the tree in shape: what may import what, how files
// look, what is documented, and that tables and stubs are fresh. Each check is
// a function from sources to complaints, so that its own test can show it
// something broken.
package weir_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// modulePath is the path of the root module; those of the others begin with
// it too, so that a directory gives an import path everywhere in the tree.
const modulePath = "github.com/weir-dev/weir"

// A file is one file of the tree, with its slash-separated path from the root.
type file struct {
	path string
	text []byte
}

// A source is a Go file that people maintain: testdata is left out.
type source struct {
	file
	fset *token.FileSet
	ast  *ast.File
}

// dir is the directory of the package.
func (s source) dir() string { return path.Dir(s.path) }

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) isGenerated() bool { return ast.IsGenerated(s.ast) }

// isOurs is false of directories that hold no part of the project: git's own,
// and those that make targets and rapid write.
func isOurs(dir string) bool {
	return dir != ".git" && dir != "out" && dir != ".weir" && !strings.HasSuffix(dir, "testdata/rapid") && !strings.HasSuffix(dir, "testdata/weir")
}

// tree reads every file of the project.
func tree(t *testing.T) []file {
	t.Helper()
	var files []file
	err := fs.WalkDir(os.DirFS("."), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if !isOurs(p) {
				return fs.SkipDir
			}
			return nil
		}
		if p == ".git" {
			return nil // a file, in a worktree
		}
		text, err := os.ReadFile(p)
		files = append(files, file{p, text})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("the tree is empty")
	}
	return files
}

// sources parses the Go files of all modules, whatever their build tags.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	for _, f := range tree(t) {
		if !strings.HasSuffix(f.path, ".go") || slices.Contains(strings.Split(f.path, "/"), "testdata") {
			continue
		}
		s, err := parse(f)
		if err != nil {
			t.Error(err)
			continue
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		t.Fatal("no Go files were found")
	}
	return out
}

func parse(f file) (source, error) {
	fset := token.NewFileSet()
	a, err := parser.ParseFile(fset, f.path, f.text, parser.ParseComments)
	return source{f, fset, a}, err
}

// parseText is parse for the checks' own tests.
func parseText(t *testing.T, path, text string) source {
	t.Helper()
	s, err := parse(file{path, []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// report fails the test with one line for each complaint.
func report(t *testing.T, complaints []string) {
	t.Helper()
	for _, c := range complaints {
		t.Error(c)
	}
}

// lines counts the lines of a text.
func lines(text []byte) int { return bytes.Count(text, []byte("\n")) }
