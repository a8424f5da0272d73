package weave

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

var (
	// ErrNoMatch is returned when a pattern matches no package.
	ErrNoMatch = errors.New("matches no package")
	// ErrNothing is returned when a pattern has nothing to weave.
	ErrNothing = errors.New("has nothing to weave")
	// ErrRefused is returned when a target can't be woven at all.
	ErrRefused = errors.New("can't be woven")
	// ErrPartial is returned when a file can't be woven, or not all of it, and
	// Options.Accept doesn't name it.
	ErrPartial = errors.New("can't be woven as a whole")
	// ErrNoScheduler is returned when the main module doesn't provide package
	// faults/schedule, which woven code imports.
	ErrNoScheduler = errors.New("the module doesn't require the scheduler")
)

const defaultModule = "github.com/weir-dev/weir"

// Options says what to weave. Packages and Out are required.
type Options struct {
	// Dir is where the go command runs; empty means the working directory.
	Dir string
	// Packages are patterns as go list takes them, of the main module or of
	// its dependencies.
	Packages []string
	// Tests are patterns of packages whose tests are woven, too, if they import
	// package faults/schedule/explore. A pattern may match none.
	Tests []string
	// Out is the directory for everything that is written.
	Out string
	// Overlay, if not empty, is an overlay to start from: sources are read
	// through it, and the resulting overlay contains it, because the go
	// command takes only one.
	Overlay string
	// Modfile, if not empty, is a file to use in the place of go.mod, as the go
	// command's flag -modfile has it.
	Modfile string
	// Accept names what may stay as it is, though a goroutine could wait in it
	// or start there without the scheduler's knowledge: a package by its import
	// path, or a file by that and its name.
	Accept []string
	// Race says that the build will use -race.
	Race bool
	// Tags are the build tags of the build.
	Tags []string
	// ModulePath is the path of the module that holds faults/schedule; empty
	// means github.com/weir-dev/weir.
	ModulePath string
}

// Result says what was woven.
type Result struct {
	// Overlay is the absolute path of the overlay file to build with.
	Overlay string
	// Modfile is the absolute path of the file to give to -modfile; empty if
	// the build needs none but its own.
	Modfile string
	// Packages are the import paths of the targets that were woven, and Tests
	// those of the packages whose tests were.
	Packages, Tests []string
	// Files are the rewritten files, ordered by path.
	Files []File
	// Warnings tell what was left alone, each with its position.
	Warnings []string

	// quiet are the packages of which the race detector isn't told.
	quiet []string
}

// Flags are the flags of the go command that build what was woven.
func (r Result) Flags() []string {
	flags := []string{"-overlay=" + r.Overlay}
	if r.Modfile != "" {
		flags = append(flags, "-modfile="+r.Modfile)
	}
	for _, path := range r.quiet {
		flags = append(flags, "-gcflags="+path+"=-race=false")
	}
	return flags
}

// File is one rewritten file.
type File struct {
	Path string // of the source
	// Counts says how many of each construct were rewritten.
	Counts map[string]int
}

// Weave rewrites the targets and writes the overlay, and for targets in the
// module cache, where an overlay may not reach, a copy of their modules and the
// modfile that replaces them. The error says what to do; errors.Is tells
// ErrNoMatch, ErrNothing, ErrRefused, ErrPartial and ErrNoScheduler.
func Weave(o Options) (Result, error) {
	if err := o.complete(); err != nil {
		return Result{}, err
	}
	in, err := readOverlay(o.Overlay, o.Dir)
	if err != nil {
		return Result{}, err
	}
	var quiet []string
	if o.Race {
		// What chooses the steps hides its own accesses from the detector anyhow, and
		// tells it by calls, which stay, of what woven code does.
		quiet = []string{o.schedulePath(), path.Join(o.schedulePath(), "strategy"), o.explorePath()}
	}
	w := &weaver{o: o, in: in, out: overlay{Replace: maps.Clone(in.Replace)}, result: Result{Overlay: filepath.Join(o.Out, "overlay.json"), Modfile: o.Modfile, quiet: quiet}}
	if err := w.targets(); err != nil {
		return Result{}, err
	}
	if err := w.tests(); err != nil {
		return Result{}, err
	}
	if len(w.partial) > 0 {
		return Result{}, w.partialError()
	}
	if err := w.scheduler(); err != nil {
		return Result{}, err
	}
	if err := w.copyModules(); err != nil {
		return Result{}, err
	}
	slices.SortFunc(w.result.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	text, err := w.out.marshal()
	if err != nil {
		return Result{}, err
	}
	return w.result, writeChanged(w.result.Overlay, text)
}

func (o *Options) complete() error {
	switch {
	case len(o.Packages) == 0:
		return errors.New("weave: options without Packages")
	case o.Out == "":
		return errors.New("weave: options without Out")
	}
	if o.ModulePath == "" {
		o.ModulePath = defaultModule
	}
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return err
	}
	for _, p := range []*string{&o.Out, &o.Overlay, &o.Modfile} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(o.Dir, *p)
		}
	}
	return nil
}

// schedulePath is the import path of package schedule, explorePath that of the
// package that tests are written for.
func (o *Options) schedulePath() string { return path.Join(o.ModulePath, "faults/schedule") }
func (o *Options) explorePath() string  { return path.Join(o.schedulePath(), "explore") }

// weaver is one call of Weave.
type weaver struct {
	o       Options
	in, out overlay
	cached  moduleCopies
	partial []partial
	result  Result
}

// partial is what couldn't be woven in a file.
type partial struct{ file, why string }

// targets weaves the packages that the patterns match.
func (w *weaver) targets() error {
	l, err := list(w.o)
	if err != nil {
		return err
	}
	woven := map[string]bool{} // patterns
	for _, p := range l.targets {
		if err := p.refuse(w.o); err != nil {
			if p.literal() {
				return fmt.Errorf("weave: %s: %w", p.ImportPath, err)
			}
			w.warn("%s: %v", p.ImportPath, err)
			continue
		}
		n, err := w.weave(l, p, false)
		if err != nil {
			return fmt.Errorf("weave: %s: %w", p.ImportPath, err)
		}
		if n == 0 {
			continue
		}
		w.result.Packages = append(w.result.Packages, p.ImportPath)
		for _, m := range p.Match {
			woven[m] = true
		}
	}
	for _, pattern := range w.o.Packages {
		if !woven[pattern] && len(w.partial) == 0 {
			return fmt.Errorf("weave: pattern %q %w: leave it out", pattern, ErrNothing)
		}
	}
	return nil
}

// literal reports whether a pattern names just this package.
func (p *listed) literal() bool {
	return slices.ContainsFunc(p.Match, func(m string) bool { return !strings.Contains(m, "...") })
}

// weave rewrites the files of a package, or only those of its tests, and
// returns how many it has rewritten.
func (w *weaver) weave(l *listing, p *listed, tests bool) (n int, err error) {
	pkg, err := l.check(p, w.in)
	if err != nil {
		return 0, err
	}
	for _, name := range p.CgoFiles {
		w.leave(pkg.path+"/"+name, "it uses cgo")
	}
	for _, f := range pkg.files {
		if tests != strings.HasSuffix(f.path, "_test.go") {
			continue
		}
		r := newRewriter(w.o.schedulePath(), pkg, f)
		r.oldLanguage = p.Module.before(1, 18)
		text := r.rewrite()
		w.result.Warnings = append(w.result.Warnings, r.warnings...)
		for _, why := range r.partial {
			w.leave(pkg.path+"/"+filepath.Base(f.path), why)
		}
		if text == nil {
			continue
		}
		n++
		if err := w.write(p, f.path, text); err != nil {
			return n, err
		}
		w.result.Files = append(w.result.Files, File{Path: f.path, Counts: r.counts})
	}
	return n, nil
}

// write puts a woven file into the overlay, or into the copy of its module.
func (w *weaver) write(p *listed, from string, text []byte) error {
	if below, err := w.cached.holds(w.o, from); err != nil {
		return err
	} else if below {
		w.cached.add(p.Module, from, text)
		return nil
	}
	to := filepath.Join(w.o.Out, "woven", filepath.FromSlash(p.plainPath()), filepath.Base(from))
	w.out.Replace[from] = to
	return writeChanged(to, text)
}

func (w *weaver) warn(format string, args ...any) {
	w.result.Warnings = append(w.result.Warnings, fmt.Sprintf(format, args...))
}

// leave notes what stays as it is in a file, which is an error unless it is
// accepted.
func (w *weaver) leave(file, why string) {
	if slices.Contains(w.o.Accept, file) || slices.Contains(w.o.Accept, path.Dir(file)) {
		w.warn("%s: %s", file, why)
		return
	}
	w.partial = append(w.partial, partial{file, why})
}

// maxPartial bounds what is told of files that couldn't be woven.
const maxPartial = 10

func (w *weaver) partialError() error {
	var lines []string
	for i, p := range w.partial {
		if i == maxPartial {
			lines = append(lines, fmt.Sprintf("and %d more", len(w.partial)-i))
			break
		}
		lines = append(lines, p.file+": "+p.why)
	}
	return fmt.Errorf("weave: %s %w; accept it if the tests can do without:\n\t%s", w.partial[0].file, ErrPartial, strings.Join(lines, "\n\t"))
}

// scheduler sees that the main module provides what woven code imports.
func (w *weaver) scheduler() error {
	args := append([]string{"list", "-find"}, w.o.buildFlags()...)
	if _, err := goCommand(w.o.Dir, append(args, "--", w.o.schedulePath(), w.o.schedulePath()+"/sync", w.o.schedulePath()+"/atomic")...); err != nil {
		return fmt.Errorf("weave: in %s %w: run go get %s, and go mod vendor if the module vendors\n%v", w.o.Dir, ErrNoScheduler, w.o.ModulePath, err)
	}
	return nil
}

// writeChanged writes the file only if its content differs, so that build
// caches keep serving.
func writeChanged(path string, text []byte) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == string(text) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o666)
}
