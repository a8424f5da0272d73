package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/weir-dev/weir/properties"
)

// read takes the notes that a report holds so far. A report that does not
// exist yet holds none.
func (r *suiteResult) read(report string) error {
	text, err := os.ReadFile(report)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.take(text)
}

// take takes the notes in text. What stands behind the last line's end is
// still being written and is left; any other line that is not a note is an
// error, because it may have been a failure.
func (r *suiteResult) take(text []byte) error {
	for number := 1; ; number++ {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			return nil
		}
		text = rest
		var n properties.Note
		if err := json.Unmarshal(line, &n); err != nil {
			return fmt.Errorf("line %d of its report is not a note: %w", number, err)
		}
		switch {
		case n.Progress != nil:
			r.tally = n.Progress
		case n.Held != nil:
			r.tally, r.final = n.Held, true
		case n.Failure != nil:
			r.failure, r.final = n.Failure, true
		case n.Undecided != "":
			r.undecided, r.final = n.Undecided, true
		}
	}
}
