package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// name names what is built.
func (b bug) name() string {
	if b.id == "" {
		return "reference"
	}
	return b.id
}

// title tells people what is built.
func (b bug) title() string {
	if b.id == "" {
		return "the implementation"
	}
	return "the implementation with " + b.id
}

// builder builds the test binary of package properties, in one of its kinds,
// with or without a planted bug. The tree is never modified: everything is an
// overlay. What was built of the same sources before is taken again.
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

// build returns the path of a test binary.
func (b *builder) build(ctx context.Context, kind buildKind, in bug) (string, error) {
	key, err := b.key(kind, in)
	if err != nil {
		return "", err
	}
	stem := in.name() + "-" + string(kind)
	if path := b.cached(stem, key); path != "" {
		return path, nil
	}
	args, err := b.overlayArgs(kind, in)
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
	if again, err := b.key(kind, in); err != nil || again != key {
		return fresh, err
	}
	return b.keep(stem, key, fresh)
}

// overlayArgs writes the overlay of a build and returns the flags for it.
func (b *builder) overlayArgs(kind buildKind, in bug) ([]string, error) {
	path, err := b.bugOverlay(in)
	if err != nil {
		return nil, err
	}
	if kind == woven {
		r, err := weave.Weave(weave.Options{Dir: b.root, Packages: wovenPackages, Out: filepath.Join(b.dir, "woven", in.name()), Overlay: path})
		if err != nil {
			return nil, fmt.Errorf("weaving: %w", err)
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

// bugOverlay writes an overlay with the files of a bug, and returns its path;
// empty without files.
func (b *builder) bugOverlay(in bug) (string, error) {
	if len(in.files) == 0 {
		return "", nil
	}
	o := overlay{Replace: make(map[string]string)}
	for name, content := range in.files {
		to := filepath.Join(b.dir, "planted", in.id, filepath.FromSlash(name))
		if err := writeChanged(to, content); err != nil {
			return "", err
		}
		o.Replace[filepath.Join(b.root, filepath.FromSlash(name))] = to
	}
	text, err := json.MarshalIndent(o, "", "\t")
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.dir, "planted", in.id, "overlay.json")
	return path, writeChanged(path, text)
}

// compilerLines bounds what is shown of a compiler's complaints.
const compilerLines = 20

// compile runs the go command.
func (b *builder) compile(ctx context.Context, args []string) error {
	args = append(append([]string{"test", "-c"}, args...), "./properties")
	cmd := b.scratch.command(ctx, b.root, b.goTool, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, head(out.String(), compilerLines))
	}
	return nil
}

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
