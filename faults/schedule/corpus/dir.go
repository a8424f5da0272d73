package corpus

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Load reads a directory that Put and Save wrote to, and remembers what it read;
// one that doesn't exist holds nothing. It panics if a bound is out of range. The
// error is that of the file system, or ErrFormat with the name of the file, when
// that is damaged or a stranger.
func Load(dir string, cfg Config) (*Corpus, error) {
	c := New(cfg)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process has put a better one in its place
		}
		if err != nil {
			return nil, err
		}
		if name := nameOf(text); name != e.Name() {
			return nil, fmt.Errorf("%s is %w (its text has the name %s)", path, ErrFormat, name)
		}
		r, err := parse(path, text)
		if err != nil {
			return nil, err
		}
		c.Add(r)
		c.read = append(c.read, path)
	}
	return c, nil
}

// Put adds a run to a directory, which is made if need be. Any number of
// processes may put at a time, also while another saves. The directory grows with
// every run that isn't there already, until Save is called.
func Put(dir string, r Run) error {
	text := format(Run{Trim(r.Choices), unique(r.Features)})
	name := nameOf(text)
	if len(r.Features) == 0 {
		return nil // there is nothing to keep it for
	}
	if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return write(dir, name, text)
}

// Save puts the corpus into a directory and removes what Load has read there and
// is no longer needed: equal corpora make equal directories, whatever was there.
// Only one process at a time may load and save a directory, while others put:
// nothing that they add is lost.
func (c *Corpus) Save(dir string) error {
	needed := make(map[string]bool)
	for _, r := range c.Runs() {
		if err := Put(dir, r); err != nil {
			return err
		}
		needed[filepath.Join(dir, nameOf(format(r)))] = true
	}
	for _, path := range c.read {
		if needed[path] || filepath.Dir(path) != filepath.Clean(dir) {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	c.read = slices.Collect(maps.Keys(needed))
	return sweep(dir)
}

// unfinished begins the names of files that are being written.
const unfinished = ".new-"

// write makes a file appear when it is whole.
func write(dir, name string, text []byte) error {
	f, err := os.CreateTemp(dir, unfinished)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// abandoned is how old a file must be that nobody will finish.
const abandoned = time.Hour

// sweep removes what processes left behind that were ended while they wrote.
func sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), unfinished) {
			continue
		}
		if info, err := e.Info(); err != nil || time.Since(info.ModTime()) < abandoned {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}
