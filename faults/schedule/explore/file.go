package explore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/weir-dev/weir/faults/schedule/replay"
)

// keepDir is where failing schedules are saved, in the folder of the package.
var keepDir = filepath.Join("testdata", "weir")

// fileEnd ends the name of a file.
const fileEnd = ".schedule"

// Facts of a schedule in its file. The kind is its verdict.
const (
	factTest     = "test"
	factObserved = "observed"
	factWeave    = "weave"
	factSteps    = "steps"
)

// File is a failing schedule in a file, which has the format of package replay.
// It repeats the run exactly on the code that it was found in, and has the
// constraints that bring the failure back after an edit.
type File struct {
	// Test is the name of the test.
	Test string
	// Kind and Message, of one line, say what the schedule came to.
	Kind    Kind
	Message string
	// Weave are the packages that were woven, as far as is known.
	Weave []string
	// Steps is how many the schedule has.
	Steps int
	// Loose says why there are no constraints, if there are none because none
	// could be found.
	Loose string
	// Failure has the choices and the constraints. Its verdict and its facts are
	// those that the other fields say.
	Failure replay.Failure
}

// savedKinds are the kinds of what is saved.
var savedKinds = []Kind{Violation, Deadlock, Leak, Panic, Race, Crash, Hang}

// complete is the failure with its verdict and its facts.
func (f File) complete() *replay.Failure {
	r := f.Failure
	r.Verdict = string(f.Kind)
	r.Facts = []replay.Fact{{Name: factTest, Value: f.Test}, {Name: factObserved, Value: f.Message}, {Name: factSteps, Value: strconv.Itoa(f.Steps)}}
	if len(f.Weave) > 0 {
		r.Facts = append(r.Facts, replay.Fact{Name: factWeave, Value: strings.Join(f.Weave, " ")})
	}
	if f.Loose != "" {
		r.Facts = append(r.Facts, replay.Fact{Name: replay.ChoicesOnly, Value: f.Loose})
	}
	return &r
}

// Marshal is the text of the file.
func (f File) Marshal() []byte { return []byte(f.complete().String()) }

// ParseFile reads the text of a file. The error is replay.ErrFormat, with the
// line.
func ParseFile(text []byte) (File, error) {
	saved, err := replay.Parse(string(text))
	if err != nil {
		return File{}, err
	}
	f := File{
		Test: saved.Fact(factTest), Kind: Kind(saved.Verdict), Message: saved.Fact(factObserved),
		Weave: strings.Fields(saved.Fact(factWeave)), Loose: saved.Fact(replay.ChoicesOnly), Failure: *saved,
	}
	if f.Test == "" {
		return File{}, fmt.Errorf("explore: %w of a test: it has no line that begins with fact %s", replay.ErrFormat, factTest)
	}
	if !slices.Contains(savedKinds, f.Kind) {
		return File{}, fmt.Errorf("explore: %w of a test: verdict is %.20q, want one of %v", replay.ErrFormat, f.Kind, savedKinds)
	}
	if f.Steps, err = strconv.Atoi(saved.Fact(factSteps)); err != nil || f.Steps < 0 {
		return File{}, fmt.Errorf("explore: %w: fact %s is %.20q, want a number", replay.ErrFormat, factSteps, saved.Fact(factSteps))
	}
	return f, nil
}

// ReadFile reads a saved schedule.
func ReadFile(path string) (File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	f, err := ParseFile(text)
	if err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Name is the name of the file: one for each test and kind.
func (f File) Name() string { return fileStem(f.Test) + "-" + string(f.Kind) + fileEnd }

// fileStem makes a test's name fit for a file.
func fileStem(test string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) {
			return '_'
		}
		return r
	}, test)
}

// save writes the file into dir and returns its path.
func (f File) save(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	path := filepath.Join(dir, f.Name())
	return path, os.WriteFile(path, f.Marshal(), 0o666)
}

// savedFiles are the schedules saved for a test, by their names. Those that
// can't be read are in the error.
func savedFiles(test string) (files []File, paths []string, err error) {
	all, err := filepath.Glob(filepath.Join(keepDir, "*"+fileEnd))
	if err != nil {
		return nil, nil, err
	}
	for _, path := range all {
		if !strings.HasPrefix(filepath.Base(path), fileStem(test)+"-") {
			continue
		}
		f, readErr := ReadFile(path)
		if readErr != nil {
			err = errors.Join(err, readErr)
		} else if f.Test == test {
			files, paths = append(files, f), append(paths, path)
		}
	}
	return files, paths, err
}
