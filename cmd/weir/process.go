package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// scratch is the directory of one run for what nobody needs afterwards:
// reports, and the temporary files of the processes that it starts.
type scratch string

// scratchAge is when a scratch directory that was left behind is removed: no
// run takes so long.
const scratchAge = 48 * time.Hour

const scratchPrefix = "run-"

// newScratch makes a scratch directory below dir, and removes those of runs
// that were killed.
func newScratch(dir string) (scratch, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasPrefix(e.Name(), scratchPrefix) || time.Since(info.ModTime()) < scratchAge {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return "", err
		}
	}
	path, err := os.MkdirTemp(dir, scratchPrefix)
	return scratch(path), err
}

// remove ends it.
func (s scratch) remove() error { return os.RemoveAll(string(s)) }

// file is the path of a file in it that is named after title.
func (s scratch) file(title string) string {
	return filepath.Join(string(s), strings.Map(func(r rune) rune {
		if r == ' ' || r == filepath.Separator || r == '/' {
			return '-'
		}
		return r
	}, title))
}

// command prepares a process that is ended, together with all that it started
// itself, when ctx is done. A ctrl-C on the terminal does not reach it: whether
// a suite ended by itself or was ended is a question of the verdict.
func (s scratch) command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+string(s))
	cmd.WaitDelay = 5 * time.Second
	isolate(cmd)
	return cmd
}
