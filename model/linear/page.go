package linear

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"time"

	"github.com/anishathalye/porcupine"
)

// ErrNoPicture is returned by [Verdict.WriteHTML] when the history is not
// illegal: there is nothing to show.
var ErrNoPicture = errors.New("linear: the verdict is not Illegal: there is no picture of it")

// pageTime bounds the search for the orders that a picture shows. It matters
// only for histories that could not be made small.
const pageTime = 10 * time.Second

// WriteHTML writes a page for a browser: the explanation, and under it
// porcupine's picture of the operations that are wrong together, in which the
// orders that were tried can be gone through.
func (v Verdict) WriteHTML(w io.Writer) error {
	if v.Result != porcupine.Illegal {
		return ErrNoPicture
	}
	o := v.object
	o.Partition = nil
	m := o.ToModel()
	_, info := porcupine.CheckOperationsVerbose(m, v.Minimal, pageTime)
	var page bytes.Buffer
	if err := porcupine.Visualize(m, info, &page); err != nil {
		return fmt.Errorf("linear: porcupine's picture: %w", err)
	}
	body := []byte("<body>")
	before, after, found := bytes.Cut(page.Bytes(), body)
	if !found {
		before, after = nil, page.Bytes()
	}
	_, err := fmt.Fprintf(w, "%s%s\n<pre style=\"font-size: 14px; white-space: pre-wrap; margin: 1em\">\n%s\n</pre>\n%s", before, body, html.EscapeString(v.String()), after)
	return err
}
