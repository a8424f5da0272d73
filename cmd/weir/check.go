package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/weir-dev/weir/model/cmdline"
)

// checkFlags are the flags of check.
type checkFlags struct {
	cmdline.Options
	spec, variant string
	list          bool
	// given holds the flags as they were, for the program that checks a spec of
	// the user's own.
	given []string
}

// parseCheck reads the flags of check, which may stand before its argument and
// behind it.
func parseCheck(args []string) (checkFlags, error) {
	var flags checkFlags
	f := newFlags("check")
	flags.Define(f)
	f.StringVar(&flags.variant, "variant", "", "bug to put into the spec")
	f.BoolVar(&flags.list, "list", false, "list the built-in specs")
	refuse := func(format string, args ...any) (checkFlags, error) {
		return flags, usageError{fmt.Errorf("check: "+format, args...)}
	}
	for rest := args; ; {
		if err := f.Parse(rest); errors.Is(err, flag.ErrHelp) {
			return flags, err
		} else if err != nil {
			return refuse("%w; \"weir help\" lists what it takes", err)
		}
		flags.given = append(flags.given, rest[:len(rest)-f.NArg()]...)
		if f.NArg() == 0 {
			break
		}
		if flags.spec != "" {
			return refuse("argument %q is one too many after %q: it takes one spec", f.Arg(0), flags.spec)
		}
		flags.spec, rest = f.Arg(0), f.Args()[1:]
	}
	switch {
	case flags.spec == "" && !flags.list:
		return refuse("which spec? One of %s, or a function, as in ./lock.Spec; --list tells more", strings.Join(specNames(), ", "))
	case flags.isOwn() && flags.variant != "":
		return refuse("--variant is for the built-in specs: write a function for the spec with the bug")
	}
	if err := flags.Validate(); err != nil {
		return refuse("%w", err)
	}
	return flags, nil
}

// isOwn tells a function of the user's from a built-in spec.
func (f checkFlags) isOwn() bool { return strings.Contains(f.spec, ".") }

// checkCommand reads the flags of check and runs it.
func checkCommand(ctx context.Context, args []string, out, errs io.Writer) (int, error) {
	flags, err := parseCheck(args)
	switch {
	case err != nil:
		return 0, err
	case flags.list:
		listSpecs(out)
		return exitHeld, nil
	case flags.isOwn():
		return checkOwn(ctx, flags, out, errs)
	}
	chosen, err := chooseSpecs(allSpecs(), flags.spec, flags.variant)
	if err != nil {
		return 0, usageError{fmt.Errorf("check: %w", err)}
	}
	chosen = aboutLaw(chosen, flags.Law)
	if files := flags.Files(); len(chosen) > 1 && len(files) > 0 {
		return 0, usageError{fmt.Errorf("check: %s is %s, and %s takes one: name a size, as in %s, or a law", flags.spec, plural(len(chosen), "spec"), files[0], chosen[0].name())}
	}
	return checkAll(ctx, chosen, flags.Options, out, errs), nil
}

// checkAll checks specs, one after the other, and returns the exit code of all.
func checkAll(ctx context.Context, chosen []builtIn, o cmdline.Options, out, errs io.Writer) int {
	ran := make(map[int]int)
	for i, b := range chosen {
		if ctx.Err() != nil {
			fmt.Fprintf(out, "\nnot checked: %s and %d more\n", b.name(), len(chosen)-i-1)
			ran[exitUndecided]++
			break
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		ran[b.run(ctx, o, out, errs)]++
	}
	code := exitHeld
	for _, c := range []int{exitUndecided, exitUsage, exitBroken, exitViolated} {
		if ran[c] > 0 {
			code = c
		}
	}
	if len(chosen) > 1 {
		fmt.Fprintf(out, "\n%s: %d held; exit %d\n", plural(len(chosen), "spec"), ran[exitHeld], code)
	}
	return code
}

// builtIn is one of the specs that weir brings, at a size or with a bug.
type builtIn struct {
	protocol, size, variant string
	// law and steps say how the bug shows, deep that it takes long.
	law   string
	steps int
	deep  bool
	run   func(ctx context.Context, o cmdline.Options, out, errs io.Writer) int
	// with puts another bug into a size, and is nil for a bug that must be refuted.
	with func(variant string) builtIn
}

// name is how the user calls it.
func (b builtIn) name() string { return b.protocol + "/" + b.size }

// builtIns lists a family: its sizes, and its refutations.
func (f family[S]) builtIns() (out []builtIn) {
	for i, s := range append(slices.Clone(f.sizes), f.deep...) {
		var make func(variant string) builtIn
		make = func(variant string) builtIn {
			return builtIn{protocol: f.name, size: s.name, variant: variant, deep: i >= len(f.sizes), with: make,
				run: func(ctx context.Context, o cmdline.Options, out, errs io.Writer) int {
					return cmdline.Run(ctx, s.spec(variant), o, out, errs)
				}}
		}
		out = append(out, make(""))
	}
	for _, r := range f.refutations {
		sp := r.spec()
		out = append(out, builtIn{protocol: f.name, size: sp.Size, variant: r.variant, law: r.law, steps: r.steps,
			run: func(ctx context.Context, o cmdline.Options, out, errs io.Writer) int {
				return cmdline.Run(ctx, sp, o, out, errs)
			}})
	}
	return out
}

// allSpecs lists all that weir brings.
func allSpecs() []builtIn {
	return append(remoteFamily().builtIns(), gatewayFamily().builtIns()...)
}

// specNames are the names of the built-in specs, without sizes.
func specNames() []string { return protocols }

// chooseSpecs finds what the user names: one size of a spec, or all that are for
// every change; with a bug, those that must refute it, at all sizes or at one.
func chooseSpecs(all []builtIn, name, variant string) ([]builtIn, error) {
	protocol, size, sized := strings.Cut(name, "/")
	if !slices.Contains(specNames(), protocol) {
		return nil, fmt.Errorf("spec %q is unknown, want one of %s, or a function, as in ./lock.Spec", name, strings.Join(specNames(), ", "))
	}
	var chosen []builtIn
	var sizes, variants []string
	for _, b := range all {
		if b.protocol != protocol {
			continue
		}
		switch {
		case b.with == nil:
			if !slices.Contains(variants, b.variant) {
				variants = append(variants, b.variant)
			}
			if b.variant == variant && (!sized || b.size == size) {
				chosen = append(chosen, b)
			}
		default:
			sizes = append(sizes, b.size)
			if sized && b.size == size || !sized && variant == "" && !b.deep {
				chosen = append(chosen, b.with(variant))
			}
		}
	}
	switch {
	case variant != "" && !slices.Contains(variants, variant):
		return nil, fmt.Errorf("bug %q of the %s is unknown, want one of %s", variant, protocol, strings.Join(variants, ", "))
	case len(chosen) == 0:
		return nil, fmt.Errorf("size %q of the %s is unknown, want one of %s", size, protocol, strings.Join(sizes, ", "))
	}
	return chosen, nil
}

// aboutLaw leaves only those bugs of chosen ones that break the law which is
// asked for, if any does.
func aboutLaw(chosen []builtIn, law string) []builtIn {
	other := func(b builtIn) bool { return b.law != law }
	if rest := slices.DeleteFunc(slices.Clone(chosen), other); len(rest) > 0 {
		return rest
	}
	return chosen
}

// listSpecs lists the built-in specs, and the bugs with the laws that they break
// and the lengths of the stories.
func listSpecs(out io.Writer) {
	p := printer{out: out}
	all := allSpecs()
	for i, name := range specNames() {
		var sizes, deep, variants []string
		broken := make(map[string][]string)
		for _, b := range all {
			switch {
			case b.protocol != name:
			case b.with == nil:
				if broken[b.variant] == nil {
					variants = append(variants, b.variant)
				}
				broken[b.variant] = append(broken[b.variant], fmt.Sprintf("%s (%s)", b.law, plural(b.steps, "step")))
			case b.deep:
				deep = append(deep, b.name())
			default:
				sizes = append(sizes, b.name())
			}
		}
		if i > 0 {
			p.line("")
		}
		p.wrapped(fmt.Sprintf("%-11s", name), strings.Join(sizes, " "))
		p.wrapped(fmt.Sprintf("%-11s", "  deep"), strings.Join(deep, " "))
		for _, v := range variants {
			p.wrapped(fmt.Sprintf("%-11s", "  with "+v), strings.Join(broken[v], ", "))
		}
	}
}
