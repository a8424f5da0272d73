package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// cmdlinePackage is what the program that checks a user's spec calls.
const cmdlinePackage = modulePath + "/model/cmdline"

// checkOwn checks the spec that a function of the user's returns. It builds a
// program around the function, which exists in an overlay of the function's
// package alone, so that the tree is not touched and internal packages can be
// checked, too.
func checkOwn(ctx context.Context, flags checkFlags, out, errs io.Writer) (code int, err error) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return 0, fmt.Errorf("%w (%v)", errNoGo, err)
	}
	dir, err := os.MkdirTemp("", "weir-check-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	o := own{goTool: goTool, dir: dir}
	if err := o.find(ctx, flags.spec); err != nil {
		return 0, interruptedOr(ctx, usageError{fmt.Errorf("check: %s: %w", flags.spec, err)})
	}
	binary, err := o.build(ctx)
	if err != nil {
		return 0, interruptedOr(ctx, fmt.Errorf("check: %s: %w", flags.spec, err))
	}
	return runOwn(ctx, binary, flags.given, out, errs)
}

// own is the function of a user that returns a spec.
type own struct {
	goTool, dir string
	pkg         ownPackage
	// name is the function's, result what it returns, as the source has it.
	name, result string
	// fails is whether it returns an error, too.
	fails bool
}

// ownPackage is what the go command says of the user's package.
type ownPackage struct {
	Dir, ImportPath, Name string
	GoFiles, CgoFiles     []string
	TestGoFiles           []string
	XTestGoFiles          []string
	Module                *struct {
		Path, Dir string
		Main      bool
	}
	Error *struct{ Err string }
}

// list asks the go command for a package, in a directory.
func (o *own) list(ctx context.Context, dir, pattern string) (p ownPackage, err error) {
	cmd := exec.CommandContext(ctx, o.goTool, "list", "-mod=readonly", "-e", "-find", "-json", "--", pattern)
	cmd.Dir = dir
	text, err := cmd.Output()
	if err != nil {
		return p, withStderr(err)
	}
	return p, json.NewDecoder(bytes.NewReader(text)).Decode(&p)
}

// find finds the function.
func (o *own) find(ctx context.Context, spec string) error {
	dot := strings.LastIndexByte(spec, '.')
	at, pattern := "", spec[:dot]
	o.name = spec[dot+1:]
	switch {
	case !token.IsIdentifier(o.name):
		return fmt.Errorf("%q is no name of a function: want a package and a function, as in ./lock.Spec", o.name)
	case !token.IsExported(o.name):
		return fmt.Errorf("%s is not exported: a program of another package can't call it", o.name)
	case pattern == "":
		pattern = "."
	}
	if info, err := os.Stat(pattern); isLocal(pattern) {
		if err != nil || !info.IsDir() {
			return fmt.Errorf("%s is no directory", pattern)
		}
		// The module is the one that the directory is in, wherever weir runs.
		at, pattern = pattern, "."
	}
	var err error
	if o.pkg, err = o.list(ctx, at, pattern); err != nil {
		return err
	}
	switch p := o.pkg; {
	case p.Error != nil:
		return errors.New(strings.TrimSpace(p.Error.Err))
	case p.Module == nil:
		return fmt.Errorf("package %s is in no module: run \"go mod init\" where it belongs", p.ImportPath)
	case p.Name == "main":
		return fmt.Errorf("package %s is a program, which another can't import: move %s to a package of its own", p.ImportPath, o.name)
	}
	if err := o.findFunc(); err != nil {
		return err
	}
	needed, err := o.list(ctx, o.home(), cmdlinePackage)
	if err == nil && needed.Error != nil {
		err = errors.New(strings.TrimSpace(needed.Error.Err))
	}
	if err != nil {
		return fmt.Errorf("module %s does not require %s with package model/cmdline: run \"go get %s\" in it\n%w", o.pkg.Module.Path, modulePath, modulePath, err)
	}
	return nil
}

// isLocal tells a path of a directory from an import path.
func isLocal(pattern string) bool {
	return pattern == "." || pattern == ".." || filepath.IsAbs(pattern) ||
		strings.HasPrefix(pattern, "./") || strings.HasPrefix(pattern, "../") || strings.HasPrefix(pattern, "."+string(filepath.Separator)) || strings.HasPrefix(pattern, ".."+string(filepath.Separator))
}

// home is the directory that the program is built below: that of the package, so
// that it may import internal ones, or where weir runs if that is another
// module's.
func (o *own) home() string {
	if o.pkg.Module.Main {
		return o.pkg.Dir
	}
	return "."
}

// findFunc finds the function in the package's sources and looks at its form. Of
// what type its result is, the compiler says.
func (o *own) findFunc() error {
	decl, err := o.declared(append(o.pkg.GoFiles, o.pkg.CgoFiles...), o.name)
	if err != nil {
		return err
	}
	if decl == nil {
		inTest, err := o.declared(append(o.pkg.TestGoFiles, o.pkg.XTestGoFiles...), o.name)
		if err == nil && inTest != nil {
			err = fmt.Errorf("func %s is in a _test.go file, which only go test compiles: move it to another", o.name)
		}
		if err == nil {
			err = fmt.Errorf("package %s has no func %s", o.pkg.ImportPath, o.name)
		}
		return err
	}
	results := 0
	if decl.Type.Results != nil {
		for _, f := range decl.Type.Results.List {
			results += max(1, len(f.Names))
		}
		o.result = types.ExprString(decl.Type.Results.List[0].Type)
	}
	switch {
	case decl.Type.TypeParams != nil:
		return fmt.Errorf("func %s has type parameters: write one without, which calls it", o.name)
	case decl.Type.Params.NumFields() > 0:
		return fmt.Errorf("func %s takes arguments: write one without, which calls it", o.name)
	case results == 0 || results > 2:
		return fmt.Errorf("func %s has %s, want *model.Spec[S], alone or with an error", o.name, plural(results, "result"))
	}
	if o.fails = results == 2; o.fails {
		last := decl.Type.Results.List[len(decl.Type.Results.List)-1].Type
		if types.ExprString(last) != "error" {
			return fmt.Errorf("func %s returns %s and %s, want *model.Spec[S], alone or with an error", o.name, o.result, types.ExprString(last))
		}
	}
	return nil
}

// declared finds a function in some files of the package; nil if it isn't there.
func (o *own) declared(files []string, name string) (*ast.FuncDecl, error) {
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(o.pkg.Dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == name {
				return f, nil
			}
		}
	}
	return nil, nil
}
