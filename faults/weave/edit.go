package weave

import (
	"bytes"
	"cmp"
	"slices"
)

// edits changes a text by offsets of the original. Rewriting the text and not
// printing the tree keeps comments, directives and line numbers.
//
// Edits are made from the inside out. An insertion opens (it belongs to what
// follows) or closes (it belongs to what precedes), which tells what belongs to
// a range and what to its neighbour.
type edits struct {
	text []byte
	list []edit
	made int
}

type edit struct {
	start, end int // equal for an insertion
	text       string
	opens      bool
	order      int
}

func (e *edits) add(start, end int, text string, opens bool) {
	e.made++
	e.list = append(e.list, edit{start, end, text, opens, e.made})
}

// open inserts text before what begins at the offset.
func (e *edits) open(at int, text string) { e.add(at, at, text, true) }

// close inserts text after what ends at the offset.
func (e *edits) close(at int, text string) { e.add(at, at, text, false) }

// replace replaces the range, with the edits made inside it so far.
func (e *edits) replace(start, end int, text string) {
	e.list = slices.DeleteFunc(e.list, func(x edit) bool { return x.inside(start, end) })
	e.add(start, end, text, false)
}

func (x edit) inside(start, end int) bool {
	switch {
	case x.start < start || x.end > end:
		return false
	case x.start != x.end:
		return true
	case x.start == start && !x.opens, x.end == end && x.opens:
		return false // a neighbour's
	}
	return true
}

// rank orders edits at one offset: what closes, what opens, what replaces.
func (x edit) rank() int {
	switch {
	case x.start != x.end:
		return 2
	case x.opens:
		return 1
	}
	return 0
}

func compareEdits(a, b edit) int {
	if c := cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.rank(), b.rank())); c != 0 {
		return c
	}
	if a.rank() == 1 {
		// What was made later is further out, and opens first.
		return cmp.Compare(b.order, a.order)
	}
	return cmp.Compare(a.order, b.order)
}

// render is the range with its edits.
func (e *edits) render(start, end int) string {
	var in []edit
	for _, x := range e.list {
		if x.inside(start, end) {
			in = append(in, x)
		}
	}
	slices.SortFunc(in, compareEdits)
	var out bytes.Buffer
	at := start
	for _, x := range in {
		out.Write(e.text[at:x.start])
		out.WriteString(x.text)
		at = x.end
	}
	out.Write(e.text[at:end])
	return out.String()
}
