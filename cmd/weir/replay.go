package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/weir-dev/weir/properties"
)

// replayShare is what one case may take.
const replayShare = 10 * time.Second

// replay runs one case on the implementation, and says what comes of it.
func (v *verification) replay(ctx context.Context, file string, out io.Writer) (int, error) {
	protocolName, network, err := properties.CaseOf(file)
	if err != nil {
		return 0, usageError{fmt.Errorf("verify: --replay: %w", err)}
	}
	if protocolName != "remote" && protocolName != "gateway" {
		return 0, usageError{fmt.Errorf("verify: --replay: %s is a case of suite %q, want remote or gateway", file, protocolName)}
	}
	kind := woven
	if network != properties.Simulated {
		kind = raced
	}
	v.startBuilding(ctx, kind)
	defer v.stopBuilding()
	b, err := v.binary(ctx, kind)
	if err = errors.Join(err, b.unbuilt[v.plant]); err != nil {
		return 0, interruptedOr(ctx, err)
	}
	s := suiteOf(protocolName, network, v.seed)
	s.title, s.replay, s.budget, s.planted, s.keep = "replay", file, replayShare, v.plant, v.casesDir(bug{id: v.plant})
	r, err := v.runner.run(ctx, b.path, s)
	v.progress.end()
	switch {
	case err != nil:
		return 0, interruptedOr(ctx, err)
	case r.failure != nil:
		v.complete(r.failure)
		fmt.Fprintln(out, strings.TrimLeft(r.failure.Block(), "\n"))
		return exitViolated, nil
	case r.undecided != "":
		fmt.Fprintln(out, "undecided: "+r.undecided)
		return exitUndecided, nil
	}
	fmt.Fprintf(out, "the law of this case holds in it, with %s\nreplay: %s\n", map[bool]string{true: "no bug planted", false: v.plant + " planted"}[v.plant == ""], r.tally.Replayed)
	return exitHeld, nil
}

// interruptedOr is err, or the interruption that caused it.
func interruptedOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted: %w", ctx.Err())
	}
	return err
}

// complete adds to a failure how to run it again, and shortens paths.
func (v *verification) complete(f *properties.Failure) {
	f.Command = v.replayCommand(f.File)
	if cwd, err := os.Getwd(); err == nil && filepath.IsAbs(f.Picture) {
		f.Picture = shorter(f.Picture, cwd)
	}
}

// replayCommand is the command that runs the case in a file again, as it can
// be typed where this one was. Without a file it is that which finds it again.
func (v *verification) replayCommand(file string) string {
	cwd, _ := os.Getwd()
	self, _ := os.Executable()
	if isGoRun(self) {
		cwd = "" // is not where the user is
	}
	cmd := commandName(v.root, self, cwd) + " verify"
	if v.plant != "" {
		cmd += " --plant " + v.plant
	}
	if file == "" {
		return fmt.Sprintf("%s --seed %d", cmd, v.seed)
	}
	return cmd + " --replay " + shorter(file, cwd)
}

// isGoRun tells whether a binary is one that "go run" has made, and may remove.
func isGoRun(self string) bool {
	return self == "" || strings.Contains(filepath.ToSlash(self), "/go-build")
}

// commandName is how this command is called from cwd: a binary by its path, and
// one that "go run" has made by what made it.
func commandName(root, self, cwd string) string {
	if isGoRun(self) {
		return "go -C " + filepath.Join(root, "cmd", "weir") + " run ."
	}
	name := shorter(self, cwd)
	if !strings.ContainsRune(name, filepath.Separator) {
		name = "." + string(filepath.Separator) + name
	}
	return name
}

// shorter is a path relative to cwd if it lies below, and as it is otherwise.
func shorter(path, cwd string) string {
	rel, err := filepath.Rel(cwd, path)
	if cwd == "" || err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return path
	}
	return rel
}
