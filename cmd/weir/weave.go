package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/weir-dev/weir/faults/weave"
)

// weaveCommand puts packages under control and says how to build them.
func weaveCommand(args []string, out, errs io.Writer) error {
	var o weave.Options
	var accept, tests, tags string
	f := newFlags("weave")
	f.StringVar(&o.Out, "o", "", "directory for what is written")
	f.StringVar(&o.Overlay, "overlay", "", "overlay to start from")
	f.StringVar(&o.Modfile, "modfile", "", "file to use for go.mod")
	f.BoolVar(&o.Race, "race", false, "the build will use -race")
	f.StringVar(&tags, "tags", "", "build tags")
	f.StringVar(&accept, "accept", "", "files and packages that may stay as they are")
	f.StringVar(&tests, "tests", "./...", "packages whose tests to weave")
	var err error
	if o.Packages, err = parseMixed(f, args); err != nil {
		return err
	}
	if len(o.Packages) == 0 {
		return usageError{errors.New("weave: no pattern: say which packages to weave, as ./... or golang.org/x/sync/semaphore")}
	}
	o.Accept, o.Tests, o.Tags = commas(accept), commas(tests), commas(tags)
	if o.Out == "" {
		if o.Out, err = cacheOf("weave"); err != nil {
			return err
		}
	}
	r, err := weave.Weave(o)
	if err != nil {
		return weaveError(err)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(errs, "left alone: %s\n", w)
	}
	fmt.Fprintf(out, "wove %s of %s\n", plural(len(r.Files), "file"), strings.Join(r.Packages, ", "))
	if len(r.Tests) > 0 {
		fmt.Fprintf(out, "and of the tests of %s\n", strings.Join(r.Tests, ", "))
	}
	fmt.Fprintf(out, "build with\n  go test %s\n", strings.Join(r.Flags(), " "))
	return nil
}

// weaveError tells mistakes on the command line from those of the code.
func weaveError(err error) error {
	if errors.Is(err, weave.ErrNoMatch) || errors.Is(err, weave.ErrNothing) || errors.Is(err, weave.ErrRefused) || errors.Is(err, weave.ErrNoScheduler) {
		return usageError{err}
	}
	return err
}

// parseMixed reads flags and what stands between them.
func parseMixed(f *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, usageError{fmt.Errorf("%s: %w; \"weir help\" lists what it takes", f.Name(), err)}
		}
		if f.NArg() == 0 {
			return rest, nil
		}
		rest, args = append(rest, f.Arg(0)), f.Args()[1:]
	}
}

// commas splits a list.
func commas(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

// cacheOf is the directory for what is built of the module around the working
// directory. It lies in the user's cache, because no user's tree is touched.
func cacheOf(what string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			dir = at
			break
		}
	}
	return filepath.Join(cache, "weir", fmt.Sprintf("%s-%x", filepath.Base(dir), sha256.Sum256([]byte(dir)))[:len(filepath.Base(dir))+13], what), nil
}
