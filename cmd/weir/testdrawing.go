package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// forDrawing takes where the replayed schedule is to be drawn, before anything
// is built.
func (a *testArgs) forDrawing() error {
	used := map[string]string{}
	if path, err := filepath.Abs(a.settings.Replay); err == nil {
		used[path] = "-replay"
	}
	for _, d := range []struct {
		flag string
		path *string
	}{{"-mermaid", &a.settings.Mermaid}, {"-perfetto", &a.settings.Perfetto}} {
		if *d.path == "" {
			continue
		}
		if a.settings.Replay == "" {
			return usageError{fmt.Errorf("test: %s draws a replayed schedule: name its file with -replay", d.flag)}
		}
		path, err := filepath.Abs(*d.path)
		if err != nil {
			return err
		}
		if used[path] != "" {
			return usageError{fmt.Errorf("test: %s is %s, as is %s: name another file", d.flag, *d.path, used[path])}
		}
		if err := usable(path); err != nil {
			return usageError{fmt.Errorf("test: %s: %w", d.flag, err)}
		}
		used[path], *d.path = d.flag, path
	}
	return nil
}

// usable returns an error if no file can be written at path, and leaves what
// is there as it is.
func usable(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s isn't a file", path)
	}
	isNew := err != nil
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil || !isNew {
		return err
	}
	return os.Remove(path)
}

// drawings are the files that the replayed schedule is drawn in.
func (a *testArgs) drawings() (paths []string) {
	for _, path := range []string{a.settings.Mermaid, a.settings.Perfetto} {
		if path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// blank empties the files, so that nothing old is taken for new.
func (a *testArgs) blank() error {
	for _, path := range a.drawings() {
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			return usageError{fmt.Errorf("test: the schedule can't be drawn: %w", err)}
		}
	}
	return nil
}

// drawn says which files are still empty, and removes them.
func (x *exploration) drawn() {
	cwd, _ := os.Getwd()
	for _, path := range x.args.drawings() {
		if info, err := os.Stat(path); err == nil && info.Size() == 0 {
			x.progress.say("%s is not written: the schedule was not run, or came to no end", shorter(path, cwd))
			_ = os.Remove(path) // an empty one does no harm
		}
	}
}
