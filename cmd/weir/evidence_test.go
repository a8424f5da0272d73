package main

import (
	"strings"
	"testing"
)

func TestExitPrecedence(t *testing.T) {
	for _, c := range []struct {
		violated, broken, undecided bool
		want                        int
	}{
		{false, false, false, exitHeld},
		{false, false, true, exitUndecided},
		{false, true, false, exitBroken},
		{false, true, true, exitBroken},
		{true, false, false, exitViolated},
		{true, false, true, exitViolated},
		{true, true, false, exitViolated},
		{true, true, true, exitViolated},
	} {
		b := newBook()
		b.say("remote/order", held, "", evidence{})
		if c.undecided {
			b.say("remote/link", undecided, "why", evidence{})
		}
		if c.broken {
			b.breaks("it")
		}
		if c.violated {
			b.say("gateway/count", violated, "why", evidence{})
		}
		if got := b.exit(); got != c.want {
			t.Errorf("violated %v, broken %v, undecided %v: got exit %d, want %d", c.violated, c.broken, c.undecided, got, c.want)
		}
	}
}

func TestUncheckedDoesNotCount(t *testing.T) {
	b := newBook()
	b.settle("the end")
	if got := b.exit(); got != exitHeld {
		t.Errorf("nothing announced: got exit %d, want %d", got, exitHeld)
	}
	for _, l := range b.rows() {
		if l.Verdict != unchecked {
			t.Errorf("%s: got %s, want %s", l.Law, l.Verdict, unchecked)
		}
	}
}

// lawIn is the row of a law.
func lawIn(t *testing.T, b *book, slug string) lawResult {
	t.Helper()
	for _, l := range b.rows() {
		if l.Law == slug {
			return l
		}
	}
	t.Fatalf("%s is not in the book", slug)
	return lawResult{}
}

func TestBook(t *testing.T) {
	const law, fact = "remote/order", "remote/sometimes-replied"
	for name, c := range map[string]struct {
		do   func(b *book)
		slug string
		want verdict
		why  string
	}{
		"a check came to its end": {func(b *book) {
			b.expect(law, "x")
			b.say(law, held, "", evidence{})
			b.through(law, "x")
		}, law, held, ""},
		"one of two did not": {func(b *book) {
			b.expect(law, "x")
			b.expect(law, "y")
			b.say(law, held, "", evidence{})
			b.through(law, "x")
		}, law, undecided, "interrupted before y came to its end"},
		"none began": {func(b *book) { b.expect(law, "x") }, law, undecided, "interrupted before x came to its end"},
		"no case judged it": {func(b *book) {
			b.expect(law, "x")
			b.expect(law, anyCase)
			b.through(law, "x")
		}, law, undecided, "not judged in any case"},
		"violated stays": {func(b *book) {
			b.say(law, violated, "first", evidence{})
			b.say(law, undecided, "second", evidence{})
			b.say(law, violated, "third", evidence{})
		}, law, violated, "first"},
		"one witness is enough": {func(b *book) {
			b.expect(fact, "x")
			b.expect(fact, "y")
			b.witnessed(fact, evidence{})
		}, fact, held, ""},
		"no witness": {func(b *book) {
			b.expect(fact, "x")
			b.expect(fact, anyCase)
			b.through(fact, "x")
		}, fact, undecided, "not seen in any case"},
	} {
		b := newBook()
		c.do(b)
		b.settle("interrupted")
		if got := lawIn(t, b, c.slug); got.Verdict != c.want || got.why != c.why {
			t.Errorf("%s: got %s (%s), want %s (%s)", name, got.Verdict, got.why, c.want, c.why)
		}
	}
}

func TestEvidenceAddsUp(t *testing.T) {
	b := newBook()
	b.say("remote/order", held, "", evidence{States: 1, Schedules: 2})
	b.say("remote/order", held, "", evidence{Schedules: 30, Messages: 400})
	if got, want := lawIn(t, b, "remote/order").Evidence, (evidence{1, 32, 400}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestUnknownLaws(t *testing.T) {
	b := newBook()
	b.expect("remote/none", "x")
	b.say("remote/none", held, "", evidence{})
	if got := strings.Join(b.faults(), "|"); strings.Count(got, "remote/none, which is not in the catalogue") != 2 || b.exit() != exitBroken {
		t.Errorf("got faults %q and exit %d, want two and %d", got, b.exit(), exitBroken)
	}
}
