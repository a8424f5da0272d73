package weave

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// module is what go list tells about a package's module.
type module struct {
	Path, Version, Dir, GoMod, GoVersion string
	Main                                 bool
	Replace                              *module
}

// before reports whether the module's version of the language is older than
// major.minor. A module that doesn't say is as old as go1.16.
func (m *module) before(major, minor int) bool {
	if m == nil {
		return false
	}
	text := m.GoVersion
	if text == "" {
		return true
	}
	first, rest, _ := strings.Cut(text, ".")
	second, _, _ := strings.Cut(rest, ".")
	a, err1 := strconv.Atoi(first)
	b, err2 := strconv.Atoi(leadingDigits(second))
	if err1 != nil || err2 != nil {
		return false
	}
	return a < major || a == major && b < minor
}

// moduleCopies are the modules of the module cache that targets belong to. The
// go command refuses an overlay there, so that they are copied, woven, and a
// modfile replaces them.
type moduleCopies struct {
	cache   string // directory of the module cache
	modules map[string]*moduleCopy
}

// moduleCopy is one of them.
type moduleCopy struct {
	*module
	woven map[string][]byte // by the path in the cache
}

// holds reports whether a file lies in the module cache.
func (c *moduleCopies) holds(o Options, file string) (bool, error) {
	if c.cache == "" {
		text, err := goCommand(o.Dir, "env", "GOMODCACHE")
		if err != nil {
			return false, err
		}
		c.cache = strings.TrimSpace(string(text))
	}
	rel, err := filepath.Rel(c.cache, file)
	return err == nil && filepath.IsLocal(rel), nil
}

func (c *moduleCopies) add(m *module, file string, text []byte) {
	if c.modules == nil {
		c.modules = map[string]*moduleCopy{}
	}
	if c.modules[m.Path] == nil {
		c.modules[m.Path] = &moduleCopy{m, map[string][]byte{}}
	}
	c.modules[m.Path].woven[file] = text
}

// copyModules writes the copies and the modfile.
func (w *weaver) copyModules() error {
	if len(w.cached.modules) == 0 {
		return nil
	}
	work, err := goCommand(w.o.Dir, "env", "GOWORK", "GOMOD")
	if err != nil {
		return err
	}
	workspace, goMod, _ := strings.Cut(strings.TrimRight(string(work), "\n"), "\n")
	paths := slices.Sorted(maps.Keys(w.cached.modules))
	if workspace != "" && workspace != "off" {
		return fmt.Errorf("weave: module %s %w in the workspace %s, which takes no modfile: set GOWORK=off", paths[0], ErrRefused, workspace)
	}
	if w.o.Modfile != "" {
		goMod = w.o.Modfile
	}
	w.result.Modfile = filepath.Join(w.o.Out, "woven.mod")
	text, err := os.ReadFile(goMod)
	if err != nil {
		return err
	}
	edit := []string{"mod", "edit"}
	for _, path := range paths {
		m := w.cached.modules[path]
		dir := filepath.Join(w.o.Out, "modules", filepath.FromSlash(path))
		if err := m.copy(dir); err != nil {
			return err
		}
		edit = append(edit, "-dropreplace="+path, "-dropreplace="+path+"@"+m.Version, "-replace="+path+"="+dir)
	}
	// The edited file is compared and not written at once, to keep its time.
	fresh := w.result.Modfile + ".new"
	if err := os.WriteFile(fresh, text, 0o666); err != nil {
		return err
	}
	defer os.Remove(fresh)
	if _, err := goCommand(w.o.Dir, append(edit, fresh)...); err != nil {
		return err
	}
	if text, err = os.ReadFile(fresh); err != nil {
		return err
	}
	if err := writeChanged(w.result.Modfile, text); err != nil {
		return err
	}
	sums, err := os.ReadFile(strings.TrimSuffix(goMod, ".mod") + ".sum")
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	return writeChanged(strings.TrimSuffix(w.result.Modfile, ".mod")+".sum", sums)
}

// copy writes the module into dir, with the woven files in their places.
func (m *moduleCopy) copy(dir string) error {
	from := m.source()
	err := filepath.WalkDir(from.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from.Dir, path)
		if err != nil || !d.Type().IsRegular() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, woven := m.woven[path]
		if !woven {
			if text, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		return writeChanged(filepath.Join(dir, rel), text)
	})
	if err != nil {
		return err
	}
	// A module from before modules has its go.mod elsewhere in the cache.
	text, err := os.ReadFile(from.GoMod)
	if err != nil {
		return err
	}
	return writeChanged(filepath.Join(dir, "go.mod"), text)
}

// source is the module that the files come from.
func (m *moduleCopy) source() *module {
	if m.Replace != nil {
		return m.Replace
	}
	return m.module
}

// leadingDigits cuts what follows a number, as in 21rc1.
func leadingDigits(text string) string {
	rest := strings.TrimLeft(text, "0123456789")
	return text[:len(text)-len(rest)]
}
