package weave

import "testing"

// An insertion at the edge of a replaced range belongs to the neighbour or to
// the range, by whether it opens or closes.
func TestEditsAtTheEdges(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(e *edits)
		want string
	}{
		{"what opens behind a range stays", func(e *edits) { e.open(3, "<"); e.replace(0, 3, "X") }, "X<def"},
		{"what closes before a range stays", func(e *edits) { e.close(3, ">"); e.replace(3, 6, "X") }, "abc>X"},
		{"what is inside goes", func(e *edits) { e.open(3, "<"); e.replace(4, 5, "."); e.close(6, ">"); e.replace(3, 6, "X") }, "abcX"},
		{"outer opens first, inner closes first", func(e *edits) { e.open(1, "("); e.close(2, ")"); e.open(1, "["); e.close(2, "]") }, "a[(b)]cdef"},
		{"a rendered range has its edits", func(e *edits) { e.replace(1, 2, "B"); e.replace(0, 3, "<"+e.render(0, 3)+">") }, "<aBc>def"},
	} {
		e := &edits{text: []byte("abcdef")}
		c.make(e)
		if got := e.render(0, 6); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
