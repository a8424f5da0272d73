package model

import "fmt"

// Action indexes [Spec.Actions]. A spec declares its actions as constants of
// this type, in the order of their names.
type Action uint8

// Kind says how a [Law] is judged.
type Kind uint8

const (
	// Always is safety: the law holds in every state and on every step.
	Always Kind = iota
	// Sometimes is reachability: at least one state or step is a witness.
	Sometimes
	// Eventually is liveness: every fair run comes to a state in which Holds
	// is true. What a fair run is, [Law.Fair] says; a run may stop where no
	// fair action is enabled.
	Eventually
	// LeadsTo is liveness: on every fair run a state in which When is true is
	// followed, at once or later, by one in which Holds is true.
	LeadsTo
)

// live reports whether the kind speaks of whole runs.
func (k Kind) live() bool { return k == Eventually || k == LeadsTo }

// String returns the word by which reports name the kind.
func (k Kind) String() string {
	switch k {
	case Always:
		return "always"
	case Sometimes:
		return "sometimes"
	case Eventually:
		return "eventually"
	case LeadsTo:
		return "leads to"
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Deadlock is the slug of the verdict on [Spec.Done]. No law may take it.
const Deadlock = "deadlock"

// A Law is one sentence that the checker judges.
//
// Its functions are called from several goroutines at once and must be pure:
// they read the states they are given and nothing that changes.
type Law[S comparable] struct {
	// Slug names the law in verdicts and stories: the catalogue's slug, or a
	// fact's slug for Sometimes. It is unique in its spec.
	Slug string
	// Kind is Always unless set.
	Kind Kind
	// Holds judges a state. Always: it is true in every state, or in those for
	// which When is. Sometimes: it is true in a witness. Eventually and
	// LeadsTo: it is what has to come. Nil: the law says nothing about states.
	Holds func(*S) bool
	// When narrows an Always law to the states for which it is true, and is
	// what begins the wait of a LeadsTo law. A When that is never true is an
	// error: the law would say nothing. Nil, which LeadsTo refuses: all states.
	When func(*S) bool
	// Step judges a step, also one into a state that was seen before. Nil: the
	// law says nothing about steps. An Always law may have both Holds and
	// Step, and then claims both; a Sometimes law has exactly one.
	Step func(from *S, l Label, to *S) bool
	// Fair lists the promises under which an Eventually or a LeadsTo law is
	// judged: which actions are not neglected for ever. Nil: those of [Spec.Fair].
	// An empty list that is not nil: none. Laws of other kinds take no promises.
	Fair []Fair
}

// A Spec is a protocol as a plain value: where it begins, which steps it may
// take, and what must be true. The zero value is refused by [Check].
//
// S is a pointer-free value: integers, bools, arrays and structs of them,
// without padding, so that two states are the same exactly when their bytes
// are. Check refuses other types and says which field to change.
type Spec[S comparable] struct {
	// Name names the spec in reports.
	Name string
	// Size names the bounds that the spec was built with ("ci", "deep").
	Size string
	// Init lists the initial states; there is at least one.
	Init []S
	// Next adds every successor of its state by [Next.Do]: guards are Go ifs,
	// parameters are Go loops. It must be pure, and it is called from several
	// goroutines at once.
	Next func(*S, *Next[S])
	// Actions gives the names of the actions, by [Action]; at most 256.
	Actions []string
	// Dormant lists actions that never fire on purpose: those that only another
	// variant or larger bounds have. Any other action that never fires is an
	// error, and so is one of these that does.
	Dormant []Action
	// Laws are the sentences to judge.
	Laws []Law[S]
	// Fair lists the promises for those Eventually and LeadsTo laws that have
	// none of their own.
	Fair []Fair
	// Symmetry reduces the search to one state of each orbit. Nil: none.
	Symmetry *Symmetry[S]
	// Independent names steps that may be taken at once wherever they are
	// enabled, before anything else: the search explores them alone. That is
	// only sound under the conditions that [ProveIndependent] tests, which a
	// test of the spec should call at a small size. Laws on whole runs are
	// judged without it. Nil: no step is.
	Independent func(*S, Label) bool
	// Done tells the states in which it is right that nothing is enabled.
	// Anywhere else a state without successor is a deadlock. A step that leads
	// back to its own state counts as a successor. Nil: deadlock is not
	// checked.
	Done func(*S) bool
	// Format prints a state in a story. Nil: %+v.
	Format func(*S) string
	// ArgName prints argument number arg (from 0) of an action. Nil: decimal.
	ArgName func(a Action, arg int, v int16) string
	// Parties tells who takes a step and, if it concerns somebody else, whom: the
	// lifelines of [Trace.Mermaid]. With an empty actor it is everybody's. Nil: an
	// action's first argument takes the step and its second is whom it concerns,
	// by the names that ArgName has for them, if there is one.
	Parties func(from *S, l Label, to *S) (actor, other string)
}

// validate returns an error that says what to change if the checker cannot
// work with the spec.
func (sp *Spec[S]) validate() error {
	if sp == nil {
		return fmt.Errorf("model: the spec is nil: pass a *Spec")
	}
	refuse := func(format string, a ...any) error {
		return &MisuseError{Spec: sp.Name, Size: sp.Size, Problem: fmt.Sprintf(format, a...)}
	}
	switch {
	case sp.Name == "":
		return refuse("Name is empty: give the spec the name that reports print")
	case len(sp.Init) == 0:
		return refuse("Init is empty: give at least one initial state")
	case sp.Next == nil:
		return refuse("Next is nil: give the function that adds the successors of a state")
	case len(sp.Actions) == 0 || len(sp.Actions) > maxActions:
		return refuse("Actions has %d names: give one for each Action constant, 1 to %d", len(sp.Actions), maxActions)
	case len(sp.Laws) == 0 && sp.Done == nil:
		return refuse("there is neither a law nor Done, so a run would judge nothing: give at least one")
	}
	named := map[string]int{}
	for i, name := range sp.Actions {
		if j, ok := named[name]; ok || name == "" {
			if name == "" {
				return refuse("action %d has no name", i)
			}
			return refuse("actions %d and %d are both named %q: a story could not tell them apart", j, i, name)
		}
		named[name] = i
	}
	slugs := map[string]bool{Deadlock: true}
	for i := range sp.Laws {
		if problem := sp.Laws[i].problem(slugs, len(sp.Actions)); problem != "" {
			return refuse("law %d (%q) %s", i, sp.Laws[i].Slug, problem)
		}
		slugs[sp.Laws[i].Slug] = true
	}
	for i, a := range sp.Dormant {
		if int(a) >= len(sp.Actions) {
			return refuse("Dormant lists action %d at %d, but Actions has %d names", a, i, len(sp.Actions))
		}
	}
	for i, f := range sp.Fair {
		if problem := f.problem(len(sp.Actions)); problem != "" {
			return refuse("promise %d of Fair %s", i, problem)
		}
	}
	if problem := sp.Symmetry.problem(); problem != "" {
		return refuse("%s", problem)
	}
	if problem := stateTypeProblem[S](); problem != "" {
		return refuse("%s", problem)
	}
	return nil
}

// problem says what is wrong with a law of a spec with n actions, given the slugs
// already taken.
func (l *Law[S]) problem(taken map[string]bool, n int) string {
	switch {
	case l.Slug == "":
		return "has no slug"
	case l.Slug == Deadlock:
		return "takes the slug of the deadlock check: rename it"
	case taken[l.Slug]:
		return "takes a slug that an earlier law has: a verdict could not tell them apart"
	case l.Kind > LeadsTo:
		return fmt.Sprintf("is of %v: use Always, Sometimes, Eventually or LeadsTo", l.Kind)
	case l.Holds == nil && l.Step == nil:
		return "has neither Holds nor Step: give one"
	case l.Kind == Sometimes && l.Holds != nil && l.Step != nil:
		return "is a Sometimes with both Holds and Step: give one, so that it is clear what its witness is"
	case l.Kind.live() && (l.Holds == nil || l.Step != nil):
		return fmt.Sprintf("is of kind %v: it takes Holds, the states that have to come, and no Step", l.Kind)
	case l.Kind == LeadsTo && l.When == nil:
		return "is a LeadsTo without When: say from which states on it waits, or use Eventually"
	case l.When != nil && l.Kind != LeadsTo && (l.Kind != Always || l.Holds == nil):
		return "has a When: only LeadsTo, and Always with Holds, are narrowed by it"
	case l.Fair != nil && !l.Kind.live():
		return fmt.Sprintf("is of kind %v and has a Fair: only Eventually and LeadsTo are judged under promises", l.Kind)
	}
	for i, f := range l.Fair {
		if problem := f.problem(n); problem != "" {
			return fmt.Sprintf("has a Fair whose promise %d %s", i, problem)
		}
	}
	return ""
}

// fairTo returns the promises under which a law on whole runs is judged.
func (sp *Spec[S]) fairTo(l *Law[S]) []Fair {
	if l.Fair != nil {
		return l.Fair
	}
	return sp.Fair
}

// hit reports whether a state violates the law, or shows it if the law is a
// Sometimes.
func (l *Law[S]) hit(s *S) bool {
	if l.Holds == nil || l.Kind.live() || l.When != nil && !l.When(s) {
		return false
	}
	return l.Holds(s) == (l.Kind == Sometimes)
}

// format prints a state the way stories show it.
func (sp *Spec[S]) format(s *S) string {
	if sp.Format != nil {
		return sp.Format(s)
	}
	return fmt.Sprintf("%+v", *s)
}

// parties tells who takes a step and whom it concerns.
func (sp *Spec[S]) parties(from *S, l Label, to *S) (actor, other string) {
	if sp.Parties != nil {
		return sp.Parties(from, l, to)
	}
	name := func(arg int) string {
		if sp.ArgName == nil || arg >= int(l.N) {
			return ""
		}
		return sp.ArgName(l.Action, arg, l.Args[arg])
	}
	return name(0), name(1)
}

// print is format for errors: should Format panic, it prints plainly.
func (sp *Spec[S]) print(s *S) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("%+v", *s)
		}
	}()
	return sp.format(s)
}
