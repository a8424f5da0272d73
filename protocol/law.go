package protocol

// LawKind says how a law is to be read.
type LawKind uint8

const (
	// Always: it holds at every instant of every run (safety).
	Always LawKind = iota + 1
	// Eventually: it comes to hold in every run that is fair (liveness).
	Eventually
	// Sometimes: it is seen in some run, so that no law about it is vacuous.
	Sometimes
)

// String returns "always", "eventually" or "sometimes".
func (k LawKind) String() string {
	switch k {
	case Always:
		return "always"
	case Eventually:
		return "eventually"
	case Sometimes:
		return "sometimes"
	}
	return "kind of law unknown"
}

// Law is a sentence that must hold of every implementation.
type Law struct {
	// Slug is its name everywhere: in the models, in reports, in tests.
	Slug string
	// Kind says how to read it.
	Kind LawKind
	// Sentence is the law.
	Sentence string
	// Needs says what an implementation must offer for the law to be observed;
	// without it the law is unobserved, never held.
	Needs Capability
	// Unmodelled says, in one clause, why no model states the law. It is empty
	// for a law that some model states.
	Unmodelled string
}

// Capability is a set of what an implementation lets be seen.
type Capability uint8

const (
	// Traces: it emits events.
	Traces Capability = 1 << iota
	// Counts: it has Stats.
	Counts
)

// Protocol returns "remote" or "gateway": the first half of the slug.
func (l Law) Protocol() string {
	for i := range l.Slug {
		if l.Slug[i] == '/' {
			return l.Slug[:i]
		}
	}
	return l.Slug
}

// Name returns the second half of the slug, which names its subtest.
func (l Law) Name() string { return l.Slug[len(l.Protocol())+1:] }

// Laws returns the whole catalogue, in the order of reports.
func Laws() []Law { return append([]Law(nil), laws...) }

// LawsOf returns the laws of one protocol, "remote" or "gateway".
func LawsOf(protocol string) []Law {
	var out []Law
	for _, l := range laws {
		if l.Protocol() == protocol {
			out = append(out, l)
		}
	}
	return out
}

// LawBySlug finds a law.
func LawBySlug(slug string) (Law, bool) {
	for _, l := range laws {
		if l.Slug == slug {
			return l, true
		}
	}
	return Law{}, false
}
