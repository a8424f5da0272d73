package properties

import (
	"sort"

	"github.com/weir-dev/weir/protocol"
)

// Violation is one breach of one law.
type Violation struct {
	// Law is its slug.
	Law string
	// At is the index of the record at which it came to light; the length of the
	// history for what was seen at its end.
	At int
	// Between is whether it showed not in that record but in what was read just
	// before it, such as counts.
	Between bool
	// Observed and Allowed say what was and what may be, without times, addresses
	// or goroutine numbers.
	Observed, Allowed string
}

// findings collects what the checks of one history find.
type findings struct {
	violations []Violation
	judged     map[string]int  // law -> how many times something was judged by it
	seen       map[string]bool // facts of sometimes laws
}

func newFindings() *findings {
	return &findings{judged: make(map[string]int), seen: make(map[string]bool)}
}

// judge notes that law was judged once at record at, and its breach if ok is
// false.
func (f *findings) judge(law string, at int, ok bool, observed, allowed string) {
	f.judged[law]++
	if !ok {
		f.violations = append(f.violations, Violation{Law: law, At: at, Observed: observed, Allowed: allowed})
	}
}

// between calls judge and marks what it finds as seen between two records.
func (f *findings) between(judge func()) {
	n := len(f.violations)
	judge()
	for i := n; i < len(f.violations); i++ {
		f.violations[i].Between = true
	}
}

// merge adds what other found.
func (f *findings) merge(other *findings) {
	f.violations = append(f.violations, other.violations...)
	for law, n := range other.judged {
		f.judged[law] += n
	}
	for fact := range other.seen {
		f.seen[fact] = true
	}
}

// fact notes that a sometimes law was witnessed.
func (f *findings) fact(slug string) { f.seen[slug] = true }

// sorted returns the violations in the order in which they came to light,
// those of one record in the order of the catalogue.
func (f *findings) sorted() []Violation {
	rank := make(map[string]int)
	for i, l := range protocol.Laws() {
		rank[l.Slug] = i
	}
	out := append([]Violation(nil), f.violations...)
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].At != out[j].At {
			return out[i].At < out[j].At
		}
		return rank[out[i].Law] < rank[out[j].Law]
	})
	return out
}
