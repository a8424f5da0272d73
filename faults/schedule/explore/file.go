package explore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// keepDir is where failing schedules are saved, in the folder of the package.
var keepDir = filepath.Join("testdata", "weir")

const (
	fileHead = "weir schedule 1"
	fileEnd  = ".schedule"
)

// ErrFile is returned when a file isn't a saved schedule.
var ErrFile = errors.New("isn't a saved schedule")

// File is a failing schedule in a file: a few lines of text. It repeats the run
// exactly on the code it was found in.
type File struct {
	// Test is the name of the test.
	Test string
	// Kind and Message say what the schedule came to.
	Kind    Kind
	Message string
	// Weave are the patterns that were woven, as far as is known.
	Weave []string
	// Steps is how many the schedule has.
	Steps int
	// Choices are all that were made.
	Choices []uint32
}

// Marshal is the text of the file.
func (f File) Marshal() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\ntest %s\nkind %s\n", fileHead, f.Test, f.Kind)
	for line := range strings.SplitSeq(strings.TrimSpace(f.Message), "\n") {
		fmt.Fprintf(&b, "says %s\n", line)
	}
	for _, p := range f.Weave {
		fmt.Fprintf(&b, "weave %s\n", p)
	}
	fmt.Fprintf(&b, "steps %d\nchoices%s\n", f.Steps, marshalChoices(f.Choices))
	return []byte(b.String())
}

// marshalChoices writes runs of one choice as 0*12.
func marshalChoices(choices []uint32) string {
	var b strings.Builder
	for i := 0; i < len(choices); {
		n := 1
		for i+n < len(choices) && choices[i+n] == choices[i] {
			n++
		}
		fmt.Fprintf(&b, " %d", choices[i])
		if n > 1 {
			fmt.Fprintf(&b, "*%d", n)
		}
		i += n
	}
	return b.String()
}

// maxChoices bounds a saved schedule.
const maxChoices = 1 << 20

// ParseFile reads the text of a file. The error is ErrFile, with the line.
func ParseFile(text []byte) (File, error) {
	var f File
	var says []string
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if number == 1 {
			if line != fileHead {
				return f, fmt.Errorf("explore: line 1 is %.40q, want %q: it %w", line, fileHead, ErrFile)
			}
			continue
		}
		key, value, _ := strings.Cut(line, " ")
		var err error
		switch key {
		case "test":
			f.Test = value
		case "kind":
			f.Kind = Kind(value)
		case "says":
			says = append(says, value)
		case "weave":
			f.Weave = append(f.Weave, value)
		case "steps":
			f.Steps, err = strconv.Atoi(value)
		case "choices":
			f.Choices, err = parseChoices(value)
		default:
			err = errors.New("unknown word")
		}
		if err != nil {
			return f, fmt.Errorf("explore: line %d %.60q (%v): it %w", number, line, err, ErrFile)
		}
	}
	f.Message = strings.Join(says, "\n")
	if f.Test == "" || f.Kind == "" {
		return f, fmt.Errorf("explore: no test or no kind is named: it %w", ErrFile)
	}
	return f, nil
}

func parseChoices(text string) (choices []uint32, err error) {
	for word := range strings.FieldsSeq(text) {
		value, times, repeated := strings.Cut(word, "*")
		c, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			return nil, err
		}
		n := uint64(1)
		if repeated {
			if n, err = strconv.ParseUint(times, 10, 32); err != nil {
				return nil, err
			}
		}
		if uint64(len(choices))+n > maxChoices {
			return nil, fmt.Errorf("more than %d choices", maxChoices)
		}
		for range n {
			choices = append(choices, uint32(c))
		}
	}
	return choices, nil
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
