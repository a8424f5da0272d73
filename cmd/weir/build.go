package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/weir-dev/weir/faults/weave"
)

// wovenPackages are put under control of the scheduler.
var wovenPackages = []string{"./impl/..."}

// buildKind is a way to build the test binary of package properties.
type buildKind string

const (
	// woven: every channel operation, lock and atomic of the implementation is a
	// point of the scheduler.
	woven buildKind = "woven"
	// raced: as it is, under the race detector.
	raced buildKind = "race"
)

// title tells people what is built.
func (k buildKind) title() string {
	if k == woven {
		return "woven"
	}
	return "under the race detector"
}

// bug is what is built into an implementation: the files that a planted bug
// changes, by their paths in the tree. The zero value is none.
type bug struct {
	id    string
	files map[string][]byte
}

// name names the implementation with the bug, or the one without any.
func (b bug) name() string {
	if b.id == "" {
		return "reference"
	}
	return b.id
}

// builder builds the test binary of package properties, in one of its kinds,
// with planted bugs beside the implementation. The tree is never modified:
// everything is an overlay. What was built of the same sources before is taken
// again.
type builder struct {
	root, dir string
	scratch   scratch
	// goTool is the go command, environment what it builds with.
	goTool, environment string
}

var errNoGo = errors.New("the go command is not in PATH: install Go, because weir builds what it verifies")

// newBuilder finds the go command. The error is errNoGo when there is none.
func newBuilder(ctx context.Context, root string, s scratch) (*builder, error) {
	b := &builder{root: root, dir: workDir(root), scratch: s}
	var err error
	if b.goTool, err = exec.LookPath("go"); err != nil {
		return nil, fmt.Errorf("%w (%v)", errNoGo, err)
	}
	out, err := s.command(ctx, root, b.goTool, "env", "-json").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", withStderr(err))
	}
	var env map[string]string
	if err := json.Unmarshal(out, &env); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	delete(env, "GOGCCFLAGS") // names a new temporary directory each time
	text, err := json.Marshal(env)
	b.environment = string(text)
	return b, err
}

// withStderr adds what a command complained of.
func withStderr(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return fmt.Errorf("%w\n%s", err, bytes.TrimSpace(exit.Stderr))
	}
	return err
}

// built is a test binary with the implementation, and beside it what planted
// bugs made of it.
type built struct {
	path string
	// unbuilt says why a bug is not in the binary.
	unbuilt map[string]error
}

// build makes a test binary with all of the bugs that compile. The error is
// about the implementation itself.
func (b *builder) build(ctx context.Context, kind buildKind, bugs []bug) (built, error) {
	out := built{unbuilt: make(map[string]error)}
	for {
		var err error
		out.path, err = b.buildAll(ctx, kind, bugs)
		blame := blamed(err)
		rest := slices.DeleteFunc(slices.Clone(bugs), func(in bug) bool { return blame[in.id] != nil })
		if err == nil || ctx.Err() != nil || len(rest) == len(bugs) {
			return out, err
		}
		maps.Copy(out.unbuilt, blame)
		bugs = rest
	}
}

// buildAll makes a test binary with all of the bugs, and returns its path.
func (b *builder) buildAll(ctx context.Context, kind buildKind, bugs []bug) (string, error) {
	key, err := b.key(kind, bugs)
	if err != nil {
		return "", err
	}
	stem := stemOf(kind, bugs)
	if path := b.cached(stem, key); path != "" {
		return path, nil
	}
	args, err := b.overlayArgs(kind, bugs)
	if err != nil {
		return "", err
	}
	if kind == raced {
		args = append(args, "-race")
	}
	fresh := b.scratch.file(stem + ".test")
	if err := b.compile(ctx, append(args, "-o", fresh)); err != nil {
		return "", err
	}
	// Sources that changed meanwhile may or may not be in the binary.
	if again, err := b.key(kind, bugs); err != nil || again != key {
		return fresh, err
	}
	return b.keep(stem, key, fresh)
}

// stemOf names a binary: one with many bugs takes the place of the one before,
// one with a single bug is beside it.
func stemOf(kind buildKind, bugs []bug) string {
	switch len(bugs) {
	case 0:
		return "reference-" + string(kind)
	case 1:
		return bugs[0].id + "-" + string(kind)
	}
	return "planted-" + string(kind)
}

// overlayArgs writes the overlay of a build and returns the flags for it.
func (b *builder) overlayArgs(kind buildKind, bugs []bug) ([]string, error) {
	files, err := variants(b.root, bugs)
	if err != nil {
		return nil, err
	}
	path, err := b.overlay(kind, files)
	if err != nil {
		return nil, err
	}
	if kind == woven {
		r, err := weave.Weave(weave.Options{Dir: b.root, Packages: wovenPackages, Out: filepath.Join(b.dir, "woven"), Overlay: path})
		if err != nil {
			return nil, complaint{fmt.Errorf("weaving: %w", err)}
		}
		path = r.Overlay
	}
	if path == "" {
		return nil, nil
	}
	return []string{"-overlay", path}, nil
}

// overlay is the go command's overlay file.
type overlay struct {
	Replace map[string]string
}

// overlay writes an overlay with files that the tree does not have, and
// returns its path; empty without files.
func (b *builder) overlay(kind buildKind, files map[string][]byte) (string, error) {
	if len(files) == 0 {
		return "", nil
	}
	o := overlay{Replace: make(map[string]string)}
	for name, content := range files {
		to := filepath.Join(b.dir, "planted", filepath.FromSlash(name))
		if err := writeChanged(to, content); err != nil {
			return "", err
		}
		o.Replace[filepath.Join(b.root, filepath.FromSlash(name))] = to
	}
	text, err := json.MarshalIndent(o, "", "\t")
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.dir, "planted", string(kind)+".json")
	return path, writeChanged(path, text)
}

// compilerLines bounds what is shown of a compiler's complaints.
const compilerLines = 20

// compile runs the go command.
func (b *builder) compile(ctx context.Context, args []string) error {
	// Vet would look for the directories of the overlay.
	args = append(append([]string{"test", "-c", "-vet=off"}, args...), "./"+suiteDir)
	cmd := b.scratch.command(ctx, b.root, b.goTool, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return complaint{fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(out.String()))}
	}
	return nil
}

// complaint is what the go command has to say, at length.
type complaint struct{ error }

// Error is the head of it.
func (c complaint) Error() string { return head(c.error.Error(), 1+compilerLines) }

// Unwrap returns the whole.
func (c complaint) Unwrap() error { return c.error }

// blamed finds the planted bugs that are named in what the go command or the
// weaver complained of, and what was said of each. What stands below the name
// of a package is about it, and an indented line is about the one above.
func blamed(err error) map[string]error {
	var said complaint
	if !errors.As(err, &said) {
		return nil
	}
	lines := make(map[string][]string)
	section, last := "", ""
	for line := range strings.Lines(said.error.Error()) {
		id := section
		if m := ofVariant.FindStringSubmatch(line); m != nil {
			id = m[1] + m[2]
		} else if strings.HasPrefix(line, "\t") {
			id = last
		}
		if strings.HasPrefix(line, "# ") {
			section = ""
			if strings.Contains(line, plantedPath) {
				section = id
			}
			continue
		}
		if last = id; id != "" {
			lines[id] = append(lines[id], original(strings.TrimRight(line, "\n")))
		}
	}
	out := make(map[string]error)
	for id, about := range lines {
		out[id] = fmt.Errorf("does not build: %s", head(strings.Join(about, "\n"), compilerLines))
	}
	return out
}

// ofVariant matches a package or a file that a planted bug has.
var ofVariant = regexp.MustCompile(plantedPath + `/(\w+)/|` + suiteDir + `/planted_([0-9A-Za-z]+)_`)

// head is the first lines of a text, with a note of what was left out.
func head(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > n {
		lines = append(lines[:n], fmt.Sprintf("and %d lines more", len(lines)-n))
	}
	return strings.Join(lines, "\n")
}

// writeChanged writes a file if its content differs, so that the go command's
// cache stays good.
func writeChanged(path string, content []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o666)
}
