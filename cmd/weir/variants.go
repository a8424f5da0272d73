package main

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/weir-dev/weir/properties"
)

// plantedPath is where the variants are, below the directory of the
// implementation: nothing lies there in the tree.
const plantedPath = "impl/planted"

// suiteDir holds the suite, makerFiles what builds the reference
// implementation for it.
const suiteDir, makerFiles = "properties", "reference_*_test.go"

// variants are the files that put bugs beside the implementation in one
// binary, by their paths in the tree, none of which exists. Each bug has copies
// of the packages that it changes, and of those that import them, below a
// directory of its own; and of the files that make the reference
// implementation for the suite, with its id behind the names.
func variants(root string, bugs []bug) (map[string][]byte, error) {
	files := make(map[string][]byte)
	if len(bugs) == 0 {
		return files, nil
	}
	packages, err := readPackages(root, "impl")
	if err != nil {
		return nil, err
	}
	makers, err := readMakers(root)
	if err != nil {
		return nil, err
	}
	for _, b := range bugs {
		changed := dependants(packages, b)
		for _, dir := range changed {
			for name, text := range packages[dir] {
				if patched, ok := b.files[name]; ok {
					text = patched
				}
				files[path.Join(b.dir(dir), path.Base(name))] = b.redirect(inTheTree(root, name, text), changed)
			}
		}
		used := 0
		for name, text := range makers {
			redirected := b.redirect(text, changed)
			if string(redirected) == string(text) {
				continue
			}
			used++
			stem := strings.TrimPrefix(path.Base(name), "reference")
			files[path.Join(suiteDir, "planted_"+b.id+stem)] = madeBy.ReplaceAll(redirected, []byte("${1}"+b.id))
		}
		if used == 0 {
			return nil, fmt.Errorf("planted bug %s is in %s, which no file %s/%s imports: the suite can't run it", b.id, strings.Join(changed, ", "), suiteDir, makerFiles)
		}
		files[path.Join(suiteDir, "planted_"+b.id+"_test.go")] = fmt.Appendf(nil, "package properties_test\n\nvar reference%s = variant(%q)\n", b.id, b.id)
	}
	return files, nil
}

// inTheTree makes whatever tells a position in a text tell that of the source.
// What is wrong with the imports names the variant: that is said of packages,
// without the name of the one that has them.
func inTheTree(root, name string, text []byte) []byte {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.ImportsOnly)
	if err != nil {
		return text
	}
	end := f.Name.End()
	if n := len(f.Decls); n > 0 {
		end = f.Decls[n-1].End()
	}
	at := fset.Position(end)
	line := fmt.Sprintf("//line %s:%d\n", filepath.Join(root, filepath.FromSlash(name)), at.Line+1)
	rest := at.Offset + len(text[at.Offset:])
	if i := bytes.IndexByte(text[at.Offset:], '\n'); i >= 0 {
		rest = at.Offset + i + 1
	}
	return slices.Concat(text[:rest], []byte(line), text[rest:])
}

// madeBy matches the names of what makes the reference implementation.
var madeBy = regexp.MustCompile(`\b((?:reference|newReference)\w*)\b`)

// dir is where the copy of a package lies.
func (b bug) dir(original string) string {
	return path.Join(plantedPath, b.id, strings.TrimPrefix(original, "impl/"))
}

// redirect replaces the imports of changed packages by those of their copies.
func (b bug) redirect(text []byte, changed []string) []byte {
	s := string(text)
	for _, dir := range changed {
		s = strings.ReplaceAll(s, importOf(dir), importOf(b.dir(dir)))
	}
	return []byte(s)
}

// importOf is a package of the module as an import names it.
func importOf(dir string) string { return `"` + modulePath + "/" + dir + `"` }

// original puts the paths and names of the implementation in the place of
// those of the variants.
func original(text string) string { return inVariant.ReplaceAllString(text, "impl/") }

// asInTheTree tells a failure of a variant as one of the implementation.
func asInTheTree(f *properties.Failure) {
	f.Observed, f.Allowed = original(f.Observed), original(f.Allowed)
	for _, lines := range [][]string{f.Story, f.Parked} {
		for i := range lines {
			lines[i] = original(lines[i])
		}
	}
}

var inVariant = regexp.MustCompile(plantedPath + `/\w+/`)

// readPackages reads the Go files below a directory, without tests, by
// directory and path.
func readPackages(root, below string) (map[string]map[string][]byte, error) {
	out := make(map[string]map[string][]byte)
	err := fs.WalkDir(os.DirFS(root), below, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "testdata" {
			return fs.SkipDir
		}
		if d.IsDir() || !plantable(name) {
			return nil
		}
		if out[path.Dir(name)] == nil {
			out[path.Dir(name)] = make(map[string][]byte)
		}
		out[path.Dir(name)][name], err = os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		return err
	})
	return out, err
}

// readMakers reads what makes the reference implementation.
func readMakers(root string) (map[string][]byte, error) {
	names, err := fs.Glob(os.DirFS(root), path.Join(suiteDir, makerFiles))
	if err != nil {
		return nil, err
	}
	out := make(map[string][]byte)
	for _, name := range names {
		if out[name], err = os.ReadFile(filepath.Join(root, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// dependants are the packages that a bug changes, and those that import one of
// them, in order.
func dependants(packages map[string]map[string][]byte, b bug) []string {
	changed := make(map[string]bool)
	for name := range b.files {
		changed[path.Dir(name)] = true
	}
	for grew := true; grew; {
		grew = false
		for dir, files := range packages {
			if !changed[dir] && importsAny(files, changed) {
				changed[dir], grew = true, true
			}
		}
	}
	return slices.Sorted(maps.Keys(changed))
}

// importsAny tells whether a file imports one of the packages.
func importsAny(files map[string][]byte, dirs map[string]bool) bool {
	for _, text := range files {
		f, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
		if err != nil {
			continue // the compiler will say it better
		}
		for _, spec := range f.Imports {
			if dir, ok := strings.CutPrefix(strings.Trim(spec.Path.Value, "`\""), modulePath+"/"); ok && dirs[dir] {
				return true
			}
		}
	}
	return false
}
