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
	ImportPath, Dir, Export string
	GoFiles, CgoFiles       []string
	DepOnly, Standard       bool
	Module                  *struct{ Main bool }
	Match                   []string
	ImportMap               map[string]string
}

const listFields = "-json=ImportPath,Dir,Export,GoFiles,CgoFiles,DepOnly,Standard,Module,Match,ImportMap"

type listing struct {
	targets []*listed
	exports map[string]string // import path -> file with export data
}

// list asks the go command for the targets and compiles what they import.
func list(o Options) (*listing, error) {
	args := []string{"list", listFields, "-deps", "-export"}
	if o.Overlay != "" {
		args = append(args, "-overlay", o.Overlay)
	}
	if o.Race {
		args = append(args, "-race")
	}
	if len(o.Tags) > 0 {
		args = append(args, "-tags", strings.Join(o.Tags, ","))
	}
	cmd := exec.Command("go", append(append(args, "--"), o.Packages...)...)
	cmd.Dir = o.Dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("weave: go list %s: %w\n%s", strings.Join(o.Packages, " "), err, bytes.TrimSpace(complaint.Bytes()))
	}
	l := &listing{exports: map[string]string{}}
	for dec := json.NewDecoder(bytes.NewReader(text)); ; {
		p := new(listed)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("weave: go list: %w", err)
		}
		l.exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			l.targets = append(l.targets, p)
		}
	}
	slices.SortFunc(l.targets, func(a, b *listed) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	for _, pattern := range o.Packages {
		if !slices.ContainsFunc(l.targets, func(p *listed) bool { return slices.Contains(p.Match, pattern) }) {
			return nil, fmt.Errorf("weave: pattern %q in %s %w", pattern, o.Dir, ErrNoMatch)
		}
	}
	return l, nil
}

// refuse is the reason why the package can't be a target, or nil.
func (p *listed) refuse(o Options) error {
	switch {
	case p.ImportPath == o.schedulePath() || strings.HasPrefix(p.ImportPath, o.schedulePath()+"/"):
		return fmt.Errorf("%w: it is the scheduler", ErrRefused)
	case p.Standard:
		return fmt.Errorf("%w: it belongs to the standard library", ErrRefused)
	case p.Module == nil || !p.Module.Main:
		return fmt.Errorf("%w: it is outside the main module of %s: copy it into the module or weave it from there", ErrRefused, o.Dir)
	case len(p.CgoFiles) > 0:
		return fmt.Errorf("%w: it uses cgo in %s", ErrRefused, strings.Join(p.CgoFiles, ", "))
	}
	return nil
}

// checked is a package with its types.
type checked struct {
	fset  *token.FileSet
	files []*source
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
	c := &checked{fset: token.NewFileSet(), info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Uses:  map[*ast.Ident]types.Object{},
		Defs:  map[*ast.Ident]types.Object{},
	}}
	var trees []*ast.File
	for _, name := range p.GoFiles {
		path := filepath.Join(p.Dir, name)
		text, err := in.read(path)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(c.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		c.files = append(c.files, &source{path: path, text: text, tree: tree})
		trees = append(trees, tree)
	}
	var errs []error
	conf := types.Config{
		Importer: importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) { return l.export(p, path) }),
		Error: func(err error) {
			if len(errs) < maxErrors {
				errs = append(errs, err)
			}
		},
	}
	c.types, _ = conf.Check(p.ImportPath, c.fset, trees, c.info)
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
