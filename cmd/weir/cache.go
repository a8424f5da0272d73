package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// keyLength is how many hexadecimal digits of a hash name a binary: 64 bits
// for a few binaries of one checkout.
const keyLength = 16

// kept is how many binaries of a name are kept: that of the sources as they
// are, and the one before, for a change that is taken back.
const kept = 2

// key identifies all that a test binary is made of: the sources, the bugs, the
// go command and its environment, and for woven ones the weaver, which is this
// program.
func (b *builder) key(kind buildKind, bugs []bug) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s %q\n", kind, b.environment)
	if kind == woven {
		self, err := selfHash()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "weaver %s\n", self)
	}
	if err := hashSources(h, b.root); err != nil {
		return "", fmt.Errorf("sources can't be read: %w", err)
	}
	for _, in := range bugs {
		for _, name := range slices.Sorted(maps.Keys(in.files)) {
			fmt.Fprintf(h, "bug %s %q %d\n", in.id, name, len(in.files[name]))
			h.Write(in.files[name])
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:keyLength], nil
}

// selfHash is the hash of this program.
var selfHash = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
})

// hashSources adds what a test binary of package properties can depend on:
// the files of the module at root, without other modules, test data, hidden
// files, and tests of other packages.
func hashSources(h hash.Hash, root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != root && skipDir(path, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if !d.Type().IsRegular() || skipFile(filepath.ToSlash(name)) {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "file %q %d\n", filepath.ToSlash(name), len(content))
		_, err = h.Write(content)
		return err
	})
}

// skipDir tells whether nothing below a directory is built into the binary.
func skipDir(path, name string) bool {
	if name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

// skipFile tells whether a file is not built into the binary.
func skipFile(name string) bool {
	base := name[strings.LastIndex(name, "/")+1:]
	switch {
	case strings.HasPrefix(base, "."), strings.HasSuffix(base, ".md"):
		return true
	case strings.HasSuffix(base, "_test.go"):
		return !strings.HasPrefix(name, "properties/")
	}
	// At the root only what is about the module as a whole matters.
	return !strings.Contains(name, "/") && base != "go.mod" && base != "go.sum"
}

func (b *builder) bin() string { return filepath.Join(b.dir, "bin") }

// cached returns the binary of a key, or nothing.
func (b *builder) cached(stem, key string) string {
	path := filepath.Join(b.bin(), stem+"-"+key+".test")
	now := time.Now()
	if err := os.Chtimes(path, now, now); err != nil {
		return ""
	}
	return path
}

// keep moves a fresh binary to where it is found again, and removes the oldest
// of its name.
func (b *builder) keep(stem, key, fresh string) (string, error) {
	path := filepath.Join(b.bin(), stem+"-"+key+".test")
	if err := os.MkdirAll(b.bin(), 0o777); err != nil {
		return "", err
	}
	if err := os.Rename(fresh, path); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(b.bin())
	if err != nil {
		return "", err
	}
	var all []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stem+"-") && len(e.Name()) == len(filepath.Base(path)) {
			all = append(all, filepath.Join(b.bin(), e.Name()))
		}
	}
	age := func(path string) time.Time {
		info, err := os.Stat(path)
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	slices.SortFunc(all, func(a, b string) int { return age(b).Compare(age(a)) })
	for _, old := range all[min(len(all), kept):] {
		if err := os.Remove(old); err != nil && !os.IsNotExist(err) {
			return "", err
		}
	}
	return path, nil
}
