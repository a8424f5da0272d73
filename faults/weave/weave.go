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
	// ErrNothing is returned when a target has nothing to weave.
	ErrNothing = errors.New("has nothing to weave")
	// ErrRefused is returned when a target can't be woven as a whole.
	ErrRefused = errors.New("can't be woven")
)

const defaultModule = "github.com/weir-dev/weir"

// Options says what to weave. Packages and Out are required.
type Options struct {
	// Dir is where the go command runs; empty means the working directory.
	Dir string
	// Packages are patterns as go list takes them.
	Packages []string
	// Out is the directory for the rewritten files and overlay.json.
	Out string
	// Overlay, if not empty, is an overlay to start from: sources are read
	// through it, and the resulting overlay contains it, because the go
	// command takes only one.
	Overlay string
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
	// Files are the rewritten files, ordered by path.
	Files []File
	// Warnings tell what was left alone, each with its position.
	Warnings []string
}

// File is one rewritten file.
type File struct {
	Path string // of the source
	// Counts says how many of each construct were rewritten.
	Counts map[string]int
}

// Weave rewrites the targets and writes the overlay. The error says what to
// do; errors.Is tells ErrNoMatch, ErrNothing and ErrRefused.
func Weave(o Options) (Result, error) {
	if err := o.complete(); err != nil {
		return Result{}, err
	}
	in, err := readOverlay(o.Overlay, o.Dir)
	if err != nil {
		return Result{}, err
	}
	listing, err := list(o)
	if err != nil {
		return Result{}, err
	}
	out := overlay{Replace: maps.Clone(in.Replace)}
	result := Result{Overlay: filepath.Join(o.Out, "overlay.json")}
	for _, p := range listing.targets {
		if err := weavePackage(o, listing, p, in, out, &result); err != nil {
			return Result{}, fmt.Errorf("weave: %s: %w", p.ImportPath, err)
		}
	}
	slices.SortFunc(result.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	text, err := out.marshal()
	if err != nil {
		return Result{}, err
	}
	return result, writeChanged(result.Overlay, text)
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
	for _, p := range []*string{&o.Out, &o.Overlay} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(o.Dir, *p)
		}
	}
	return nil
}

// schedulePath is the import path of package schedule.
func (o *Options) schedulePath() string { return path.Join(o.ModulePath, "faults/schedule") }

func weavePackage(o Options, l *listing, p *listed, in, out overlay, result *Result) error {
	if err := p.refuse(o); err != nil {
		return err
	}
	pkg, err := l.check(p, in)
	if err != nil {
		return err
	}
	woven := false
	for _, f := range pkg.files {
		r := newRewriter(o.schedulePath(), pkg, f)
		text := r.rewrite()
		result.Warnings = append(result.Warnings, r.warnings...)
		if text == nil {
			continue
		}
		woven = true
		dst := filepath.Join(o.Out, filepath.FromSlash(p.ImportPath), filepath.Base(f.path))
		if err := writeChanged(dst, text); err != nil {
			return err
		}
		out.Replace[f.path] = dst
		result.Files = append(result.Files, File{Path: f.path, Counts: r.counts})
	}
	if !woven {
		return fmt.Errorf("%w: leave it out of the patterns", ErrNothing)
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
