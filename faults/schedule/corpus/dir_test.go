package corpus_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/weir-dev/weir/faults/schedule/corpus"
)

// files are the names and texts in a directory.
func files(t interface{ Fatal(...any) }, dir string) map[string]string {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}

func put(t interface{ Fatal(...any) }, dir string, runs []corpus.Run) {
	for _, r := range runs {
		if err := corpus.Put(dir, r); err != nil {
			t.Fatal(err)
		}
	}
}

// tidy merges a corpus with what is in a directory, and saves both there.
func tidy(t interface{ Fatal(...any) }, dir string, c *corpus.Corpus) {
	all, err := corpus.Load(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	all.Merge(c)
	if err := all.Save(dir); err != nil {
		t.Fatal(err)
	}
}

// Whoever put what into a directory and when: saved, it holds the same
// files, and what is read is what is kept in memory.
func TestDirectoriesMerge(t *testing.T) {
	root := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		one, two := filepath.Join(root, "one", strconv.Itoa(n)), filepath.Join(root, "two", strconv.Itoa(n))
		runs := drawRuns(t)
		at := rapid.IntRange(0, len(runs)).Draw(t, "cut")
		put(t, one, runs[:at])
		tidy(t, one, of(runs[at:]))
		put(t, two, runs[at:])
		tidy(t, two, corpus.New(small))
		put(t, two, runs[:at])
		tidy(t, two, corpus.New(small))
		if a, b := files(t, one), files(t, two); !reflect.DeepEqual(a, b) {
			t.Fatalf("got %v and %v, want equal directories", a, b)
		}
		got, err := corpus.Load(one, small)
		if err != nil {
			t.Fatal(err)
		}
		if want := of(runs).Runs(); !reflect.DeepEqual(got.Runs(), want) {
			t.Fatalf("got %v, want %v", got.Runs(), want)
		}
	})
}

// Some put while another loads and saves again and again: nothing is lost.
func TestDirectoryIsShared(t *testing.T) {
	dir := t.TempDir()
	cfg := corpus.Config{Features: 1000}
	var all sync.WaitGroup
	want := corpus.New(cfg)
	for p := range 3 {
		var runs []corpus.Run
		for i := range 60 {
			r := corpus.Run{Choices: []uint32{uint32(i%7) + 1, uint32(p)}, Features: []corpus.Feature{corpus.Feature(i), corpus.Feature(i*7%60 + p)}}
			want.Add(r)
			runs = append(runs, r)
		}
		all.Go(func() {
			for _, r := range runs {
				if err := corpus.Put(dir, r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	for done := false; !done; {
		select {
		case <-ended:
			done = true
		default:
		}
		c, err := corpus.Load(dir, cfg)
		if err == nil {
			err = c.Save(dir)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := corpus.Load(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Runs(), want.Runs()) {
		t.Errorf("got %v, want %v", got.Runs(), want.Runs())
	}
}

// Damage of any kind is told with the name of the file.
func TestDamagedFiles(t *testing.T) {
	good := corpus.Run{Choices: []uint32{1, 0, 0, 0, 2, 0, 3}, Features: []corpus.Feature{1, 1 << 60}}
	text := func() string {
		dir := t.TempDir()
		put(t, dir, []corpus.Run{good})
		for _, text := range files(t, dir) {
			return text
		}
		return ""
	}()
	if want := "weir corpus 1\nchoices 1 0*3 2 0 3\nfeature 0000000000000001\nfeature 1000000000000000\n"; text != want {
		t.Fatalf("the file is %q, want %q", text, want)
	}
	for what, change := range map[string]func(path string) error{
		"a byte":   func(p string) error { return os.WriteFile(p, []byte(strings.Replace(text, "2", "3", 1)), 0o666) },
		"its end":  func(p string) error { return os.WriteFile(p, []byte(text[:len(text)-9]), 0o666) },
		"all":      func(p string) error { return os.WriteFile(p, nil, 0o666) },
		"its name": func(p string) error { return os.Rename(p, p[:len(p)-1]+"z") },
		"a stranger": func(p string) error {
			return os.WriteFile(filepath.Join(filepath.Dir(p), "notes.txt"), []byte("x"), 0o666)
		},
	} {
		dir := filepath.Join(t.TempDir(), "c")
		put(t, dir, []corpus.Run{good})
		for name := range files(t, dir) {
			if err := change(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		before := files(t, dir)
		_, err := corpus.Load(dir, corpus.Config{})
		if !errors.Is(err, corpus.ErrFormat) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: got error %v, want ErrFormat with the name of the file", what, err)
		}
		if !reflect.DeepEqual(files(t, dir), before) {
			t.Errorf("%s: the directory was changed", what)
		}
	}
}

// What Parse refuses even under the name that fits.
func TestStrangeTexts(t *testing.T) {
	for _, text := range []string{"", "weir corpus 1", "weir corpus 2\nchoices 1\nfeature 1\n", "weir corpus 1\nchoices 1\n", "weir corpus 1\nfeature 1\nchoices\n",
		"weir corpus 1\nchoices -1\nfeature 1\n", "weir corpus 1\nchoices 0*9999999\nfeature 1\n", "weir corpus 1\nchoices 1\nfeature x\n", "weir corpus 1\nchoices 4294967296\nfeature 1\n",
		"weir corpus 1\nchoices 0*1048576 1\nfeature 1\n", "weir corpus 1\n\nfeature 1\n"} {
		if r, err := corpus.Parse("name", []byte(text)); !errors.Is(err, corpus.ErrFormat) {
			t.Errorf("%q: got %v and error %v, want ErrFormat", text, r, err)
		}
	}
}

// A process that was ended while it wrote leaves a file that isn't read, and
// that whoever saves much later removes.
func TestUnfinishedFiles(t *testing.T) {
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, ".new-old"), filepath.Join(dir, ".new-fresh")
	for _, path := range []string{old, fresh} {
		if err := os.WriteFile(path, []byte("weir cor"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	tidy(t, dir, corpus.New(small))
	if got := files(t, dir); len(got) != 1 || got[".new-fresh"] == "" {
		t.Errorf("left are %v, want the fresh one", got)
	}
}

// What was played again on other code takes the place of what was loaded.
func TestRenew(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, []corpus.Run{{Choices: []uint32{1}, Features: []corpus.Feature{1}}, {Choices: []uint32{2, 3}, Features: []corpus.Feature{2}}})
	c, err := corpus.Load(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	lists := c.Renew()
	if len(lists) != 2 || len(lists[0]) != 1 || c.Features() != 0 {
		t.Fatalf("got lists %v and %d features, want both lists, the short one first, and none", lists, c.Features())
	}
	for _, list := range lists {
		c.Add(corpus.Run{Choices: list, Features: []corpus.Feature{3}})
	}
	if err := c.Save(dir); err != nil {
		t.Fatal(err)
	}
	got, err := corpus.Load(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	if want := []corpus.Run{{Choices: []uint32{1}, Features: []corpus.Feature{3}}}; !reflect.DeepEqual(got.Runs(), want) {
		t.Errorf("got %v, want %v", got.Runs(), want)
	}
}

func TestNoDirectory(t *testing.T) {
	c, err := corpus.Load(filepath.Join(t.TempDir(), "none"), corpus.Config{})
	if err != nil || c.Features() != 0 {
		t.Errorf("got %d features, error %v, want none", c.Features(), err)
	}
}
