package main

import (
	"slices"
	"sync"

	"github.com/weir-dev/weir/protocol"
)

// verdict is what is said of a law.
type verdict string

const (
	held      verdict = "held"
	violated  verdict = "violated"
	undecided verdict = "undecided"
	// unchecked: no check exists for the law yet; it does not count.
	unchecked verdict = "unchecked"
)

// severity orders verdicts: a worse one replaces a better one.
var severity = map[verdict]int{unchecked: 0, held: 1, undecided: 2, violated: 3}

func worse(a, b verdict) bool { return severity[a] > severity[b] }

// evidence is what a verdict rests on.
type evidence struct {
	// States counts the states of the models in which the law was judged,
	// Schedules the simulated cases during which it was, Messages the messages
	// and requests over real gRPC during which it was.
	States    int `json:"states"`
	Schedules int `json:"schedules"`
	Messages  int `json:"messages"`
}

// lawResult is the row of a law.
type lawResult struct {
	Law      string   `json:"law"`
	Kind     string   `json:"kind"`
	Verdict  verdict  `json:"verdict"`
	Evidence evidence `json:"evidence"`
	// why explains a verdict that is not held.
	why string
}

// book collects what the checks say of each law. A law is held only when all
// checks that were announced for it have come to their end.
type book struct {
	mu   sync.Mutex
	laws map[string]*lawResult
	// pending holds the checks of each law that have not come to their end, in
	// the order in which they were announced.
	pending map[string][]string
	// broken lists what is wrong with the suite itself.
	broken []string
}

// anyCase is the check that at least one case of the code has judged a law:
// what is only announced is not judged.
const anyCase = "any case of the code"

func newBook() *book {
	b := &book{laws: make(map[string]*lawResult), pending: make(map[string][]string)}
	for _, l := range protocol.Laws() {
		b.laws[l.Slug] = &lawResult{Law: l.Slug, Kind: l.Kind.String(), Verdict: unchecked}
	}
	return b
}

// expect announces a check of a law.
func (b *book) expect(slug, check string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.laws[slug] == nil {
		b.unknown(slug)
		return
	}
	if !slices.Contains(b.pending[slug], check) {
		b.pending[slug] = append(b.pending[slug], check)
	}
}

// unknown notes a check of what is no law. The caller holds the lock.
func (b *book) unknown(slug string) {
	b.broken = append(b.broken, "a check speaks of "+slug+", which is not in the catalogue")
}

// through says that a check of a law has come to its end.
func (b *book) through(slug, check string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending[slug] = slices.DeleteFunc(b.pending[slug], func(c string) bool { return c == check })
}

// say adds one verdict on a law. A worse verdict replaces a better one:
// violated, then undecided, then held.
func (b *book) say(slug string, v verdict, why string, e evidence) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.laws[slug]
	if l == nil {
		b.unknown(slug)
		return
	}
	l.Evidence.States += e.States
	l.Evidence.Schedules += e.Schedules
	l.Evidence.Messages += e.Messages
	if worse(v, l.Verdict) {
		l.Verdict, l.why = v, why
	}
}

// witnessed is say for a sometimes law: one witness anywhere is enough, and no
// other check is waited for.
func (b *book) witnessed(slug string, e evidence) {
	b.say(slug, held, "", e)
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.pending, slug)
}

// breaks notes that the suite itself does not work.
func (b *book) breaks(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = append(b.broken, what)
}

// settle ends the book: what waits for a check that has not come to its end is
// undecided, for the reason given. So is a sometimes law that was not seen.
func (b *book) settle(reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for slug, l := range b.laws {
		waits := b.pending[slug]
		if len(waits) == 0 || worse(l.Verdict, held) {
			continue
		}
		l.Verdict = undecided
		switch {
		case waits[0] != anyCase:
			l.why = reason + " before " + waits[0] + " came to its end"
		case l.Kind == protocol.Sometimes.String():
			l.why = "not seen in any case"
		default:
			l.why = "not judged in any case"
		}
	}
}

// rows returns the laws in the order of the catalogue.
func (b *book) rows() []lawResult {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []lawResult
	for _, l := range protocol.Laws() {
		out = append(out, *b.laws[l.Slug])
	}
	return out
}

// faults returns what is wrong with the suite itself.
func (b *book) faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.broken)
}

// exit returns the exit code: violated before broken before undecided.
func (b *book) exit() int {
	seen := make(map[verdict]bool)
	for _, r := range b.rows() {
		seen[r.Verdict] = true
	}
	switch {
	case seen[violated]:
		return exitViolated
	case len(b.faults()) > 0:
		return exitBroken
	case seen[undecided]:
		return exitUndecided
	}
	return exitHeld
}
