package cmdline

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/weir-dev/weir/model"
)

// The exit codes. Where several apply, the first of Violated, Broken, Usage,
// Undecided is given.
const (
	Held      = 0 // every law that was judged holds
	Violated  = 1 // a law is violated
	Usage     = 2 // the command line makes no sense, or a file can't be written
	Undecided = 3 // a law could not be judged
	Broken    = 4 // the spec is misused, or says nothing somewhere
)

// Sure makes what [Main] takes of a function that can't fail.
func Sure[S comparable](spec func() *model.Spec[S]) func() (*model.Spec[S], error) {
	return func() (*model.Spec[S], error) { return spec(), nil }
}

// Main reads options from the arguments of a command, as [Options.Define] has
// them, makes the spec and gives both to [Run]. It returns the exit code, which is
// Usage for arguments that make no sense, and Broken if the spec can't be made.
func Main[S comparable](ctx context.Context, args []string, spec func() (*model.Spec[S], error), out, errs io.Writer) (code int) {
	defer guard(errs, &code)
	var o Options
	f := flag.NewFlagSet("check", flag.ContinueOnError)
	f.SetOutput(errs)
	o.Define(f)
	switch err := f.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return Held
	case err != nil:
		return Usage
	case f.NArg() > 0:
		fmt.Fprintf(errs, "check: argument %q is not understood\n", f.Arg(0))
		return Usage
	}
	sp, err := spec()
	if err != nil {
		fmt.Fprintf(errs, "check: the spec can't be made: %v\n", err)
		return Broken
	}
	return Run(ctx, sp, o, out, errs)
}

// Run checks a spec, writes the report to out and what is in its way, progress
// and errors, to errs, and returns the exit code. When ctx ends, the search does
// too: Undecided, and the report has what is known.
//
// A panic of a function of the spec is Broken.
func Run[S comparable](ctx context.Context, sp *model.Spec[S], o Options, out, errs io.Writer) (code int) {
	defer guard(errs, &code)
	refuse := func(code int, err error) int {
		fmt.Fprintf(errs, "check: %v\n", err)
		return code
	}
	if err := o.Validate(); err != nil {
		return refuse(Usage, err)
	}
	if o.Law != "" && sp != nil {
		only, err := judgeOnly(sp, o.Law)
		if err != nil {
			return refuse(Usage, err)
		}
		sp = only
	}
	if o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.Timeout, fmt.Errorf("the time of %v is over", o.Timeout))
		defer cancel()
	}
	if err := removeFiles(o); err != nil {
		return refuse(Usage, err)
	}
	l := newLive(errs)
	search := o.search()
	search.Progress = l.show
	r, err := model.Check(ctx, sp, search)
	l.end()
	if r == nil {
		return refuse(Broken, err)
	}
	c := checked[S]{spec: sp, result: r, exact: o.Exact}
	if err := c.tell(ctx, o, err); err != nil {
		return refuse(Broken, err)
	}
	if o.Mermaid != "" && c.story == nil {
		fmt.Fprintf(errs, "check: there is no story for %s: no law is told to be violated; --law with a sometimes law tells its witness\n", o.Mermaid)
	}
	fail := c.writeFiles(ctx, o)
	c.code(fail)
	if o.Result != "" {
		fail = errors.Join(fail, c.record().write(o.Result))
		c.code(fail)
	}
	if err := c.print(out); err != nil {
		fail = errors.Join(fail, err)
		c.code(fail)
	}
	if fail != nil {
		fmt.Fprintf(errs, "check: %v\n", fail)
	}
	return c.exit
}

// guard turns a panic into an exit code: one that ends the process has the code of
// a wrong command line.
func guard(errs io.Writer, code *int) {
	if v := recover(); v != nil {
		fmt.Fprintf(errs, "check: panic: %v\n%s", v, debug.Stack())
		*code = Broken
	}
}

// checked is a spec and what came of it.
type checked[S comparable] struct {
	spec   *model.Spec[S]
	result *model.Result[S]
	exact  bool
	// story is that of the violation, or of the witness that was asked for.
	story *model.Trace[S]
	// vacuous is what says nothing, nil if all does.
	vacuous *model.VacuityError
	exit    int
}

// tell finds the story to tell, if there is one. The error is one of the checker
// that leaves no verdict.
func (c *checked[S]) tell(ctx context.Context, o Options, err error) error {
	if err != nil && !errors.As(err, &c.vacuous) {
		return err
	}
	c.story = c.result.Violation
	if v, ok := c.result.Law(o.Law); ok && v.Kind == model.Sometimes && v.Verdict == model.Held {
		c.story, err = model.Story(ctx, c.spec, o.Law, o.search())
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// code settles the exit code; fail is what went wrong with a file.
func (c *checked[S]) code(fail error) {
	switch {
	case c.result.Verdict == model.Violated:
		c.exit = Violated
	case c.vacuous != nil:
		c.exit = Broken
	case fail != nil:
		c.exit = Usage
	case c.result.Verdict == model.Undecided:
		c.exit = Undecided
	default:
		c.exit = Held
	}
}

// judgeOnly returns a spec that states one law alone.
func judgeOnly[S comparable](sp *model.Spec[S], slug string) (*model.Spec[S], error) {
	only := *sp
	only.Laws = slices.DeleteFunc(slices.Clone(sp.Laws), func(l model.Law[S]) bool { return l.Slug != slug })
	if slug != model.Deadlock {
		only.Done = nil
	}
	if len(only.Laws) > 0 || slug == model.Deadlock && sp.Done != nil {
		return &only, nil
	}
	var slugs []string
	for i := range sp.Laws {
		slugs = append(slugs, sp.Laws[i].Slug)
	}
	if sp.Done != nil {
		slugs = append(slugs, model.Deadlock)
	}
	return nil, fmt.Errorf("--law: %s has no law %q, want one of %s", title(sp.Name, sp.Size), slug, strings.Join(slugs, ", "))
}

// title names a spec and its size.
func title(name, size string) string {
	if size == "" {
		return name
	}
	return name + " " + size
}
