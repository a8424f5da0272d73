package weave

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// listed is what go list tells about a package.
type listed struct {
	ImportPath, Dir, Export   string
	ForTest                   string
	GoFiles, CgoFiles         []string
	Imports                   []string
	TestImports, XTestImports []string
	DepOnly, Standard         bool
	Module                    *module
	Match                     []string
	ImportMap                 map[string]string
}

const listFields = "-json=ImportPath,Dir,Export,ForTest,GoFiles,CgoFiles,Imports,TestImports,XTestImports,DepOnly,Standard,Module,Match,ImportMap"

type listing struct {
	targets []*listed
	exports map[string]string // import path -> file with export data
}

// list asks the go command for the targets and compiles what they import: the
// targets themselves only where one imports another, because nobody needs them
// as they are.
func list(o Options) (*listing, error) {
	all, err := goList(o, []string{"-deps"}, o.Packages)
	if err != nil {
		return nil, err
	}
	var targets []*listed
	var imports []string
	for _, p := range all {
		if !p.DepOnly {
			targets = append(targets, p)
			imports = append(imports, p.Imports...)
		}
	}
	slices.Sort(imports)
	imports = slices.DeleteFunc(slices.Compact(imports), func(path string) bool { return path == "C" || path == "unsafe" })
	if all = nil; len(imports) > 0 {
		if all, err = goList(o, []string{"-deps", "-export"}, imports); err != nil {
			return nil, err
		}
	}
	l := newListing(all)
	l.targets = targets
	slices.SortFunc(l.targets, func(a, b *listed) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	for _, pattern := range o.Packages {
		if !slices.ContainsFunc(l.targets, func(p *listed) bool { return slices.Contains(p.Match, pattern) }) {
			return nil, fmt.Errorf("weave: pattern %q in %s %w", pattern, o.Dir, ErrNoMatch)
		}
	}
	return l, nil
}

func newListing(all []*listed) *listing {
	l := &listing{exports: map[string]string{}}
	for _, p := range all {
		l.exports[p.ImportPath] = p.Export
	}
	return l
}

// goList runs the go command with the flags of the build.
func goList(o Options, flags, patterns []string) (all []*listed, err error) {
	args := append(append([]string{"list", listFields}, flags...), o.buildFlags()...)
	text, err := goCommand(o.Dir, append(append(args, "--"), patterns...)...)
	if err != nil {
		return nil, err
	}
	for dec := json.NewDecoder(bytes.NewReader(text)); ; {
		p := new(listed)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("weave: go list: %w", err)
		}
		all = append(all, p)
	}
}

// buildFlags are those of the build that say what its sources are.
func (o *Options) buildFlags() (flags []string) {
	if o.Overlay != "" {
		flags = append(flags, "-overlay="+o.Overlay)
	}
	if o.Modfile != "" {
		flags = append(flags, "-modfile="+o.Modfile)
	}
	if o.Race {
		flags = append(flags, "-race")
	}
	if len(o.Tags) > 0 {
		flags = append(flags, "-tags="+strings.Join(o.Tags, ","))
	}
	return flags
}

// goCommand runs the go command and returns what it prints.
func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("weave: go %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(complaint.Bytes()))
	}
	return text, nil
}

// refuse is the reason why the package can't be a target, or nil.
func (p *listed) refuse(o Options) error {
	switch {
	case p.ImportPath == o.schedulePath() || strings.HasPrefix(p.ImportPath, o.schedulePath()+"/"):
		return fmt.Errorf("%w: it is the scheduler", ErrRefused)
	case p.Standard || p.Module == nil:
		return fmt.Errorf("%w: it belongs to the standard library", ErrRefused)
	}
	return nil
}

// checked is a package with its types.
type checked struct {
	path  string // import path, without a test's variant
	fset  *token.FileSet
	files []*source // cgo files are left out
	types *types.Package
	info  *types.Info
}

// source is one file of a package.
type source struct {
	path string
	text []byte
	tree *ast.File
}

// maxErrors bounds the type errors that are told.
const maxErrors = 5

// check parses and type-checks p, reading through the overlay in.
func (l *listing) check(p *listed, in overlay) (*checked, error) {
	c := &checked{path: p.plainPath(), fset: token.NewFileSet(), info: &types.Info{
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Types:      map[ast.Expr]types.TypeAndValue{},
		Uses:       map[*ast.Ident]types.Object{},
		Defs:       map[*ast.Ident]types.Object{},
	}}
	var trees []*ast.File
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		path := filepath.Join(p.Dir, name)
		text, err := in.read(path)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(c.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(p.CgoFiles, name) {
			c.files = append(c.files, &source{path: path, text: text, tree: tree})
		}
		trees = append(trees, tree)
	}
	var errs []error
	conf := types.Config{
		FakeImportC: true,
		Importer:    importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) { return l.export(p, path) }),
		Error: func(err error) {
			if len(errs) < maxErrors {
				errs = append(errs, err)
			}
		},
	}
	c.types, _ = conf.Check(c.path, c.fset, trees, c.info)
	return c, errors.Join(errs...)
}

func (l *listing) export(p *listed, path string) (io.ReadCloser, error) {
	if to, ok := p.ImportMap[path]; ok {
		path = to
	}
	file := l.exports[path]
	if file == "" {
		return nil, fmt.Errorf("no export data for %s", path)
	}
	return os.Open(file)
}
