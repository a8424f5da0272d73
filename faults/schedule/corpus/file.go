package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// header begins the file of a run; the number is the version.
const header = "weir corpus 1"

// ErrFormat is returned, wrapped with the name of the file and what is wrong
// with it, when a file of a directory isn't one that Put wrote.
var ErrFormat = errors.New("not a file of a corpus: remove it, or whatever put it there")

// nameOf is the name of the file with a text. 96 bits tell more files apart
// than any corpus has.
func nameOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// format is the text of a run.
func format(r Run) []byte {
	var b bytes.Buffer
	b.WriteString(header + "\nchoices")
	for i := 0; i < len(r.Choices); {
		zeros := 0
		for i+zeros < len(r.Choices) && r.Choices[i+zeros] == 0 {
			zeros++
		}
		if zeros > 1 {
			fmt.Fprintf(&b, " 0*%d", zeros)
			i += zeros
			continue
		}
		fmt.Fprintf(&b, " %d", r.Choices[i])
		i++
	}
	for _, f := range r.Features {
		fmt.Fprintf(&b, "\nfeature %016x", uint64(f))
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// parse reads what format wrote. That the text is the one that format writes
// is for the name to show.
func parse(name string, text []byte) (Run, error) {
	var r Run
	bad := func(format string, args ...any) (Run, error) {
		return Run{}, fmt.Errorf("%s is %w (%s)", name, ErrFormat, fmt.Sprintf(format, args...))
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != header {
		return bad("it begins with %.40q, want %q", lines[0], header)
	}
	if len(lines) < 3 {
		return bad("it has %d lines, want a line of choices and one for each feature", len(lines))
	}
	words := strings.Fields(lines[1])
	if len(words) == 0 || words[0] != "choices" {
		return bad("line 2 is %.40q, want choices", lines[1])
	}
	for _, w := range words[1:] {
		list, err := parseChoice(w)
		if err != nil || len(r.Choices)+len(list) > maxChoices {
			return bad("line 2 has %.40q, want a choice, or 0*N for up to %d zeros", w, maxChoices)
		}
		r.Choices = append(r.Choices, list...)
	}
	for i, line := range lines[2:] {
		text, ok := strings.CutPrefix(line, "feature ")
		f, err := strconv.ParseUint(text, 16, 64)
		if !ok || err != nil {
			return bad("line %d is %.40q, want a feature", i+3, line)
		}
		r.Features = append(r.Features, Feature(f))
	}
	return r, nil
}

// parseChoice reads a word: a choice, or several zeros.
func parseChoice(word string) ([]uint32, error) {
	if count, ok := strings.CutPrefix(word, "0*"); ok {
		n, err := strconv.ParseUint(count, 10, 32)
		if err != nil || n > maxChoices {
			return nil, strconv.ErrRange
		}
		return make([]uint32, n), nil
	}
	n, err := strconv.ParseUint(word, 10, 32)
	return []uint32{uint32(n)}, err
}
