package cmdline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/weir-dev/weir/model"
)

// removeFiles removes what an earlier run wrote, so that it is not taken for the
// result of this one. What is no regular file, a pipe or a device, is left.
func removeFiles(o Options) error {
	for _, path := range o.Files() {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// writeFiles writes the state graph and the diagram where the options want them.
func (c *checked[S]) writeFiles(ctx context.Context, parties Parties[S], o Options) error {
	var all []error
	if o.Mermaid != "" && c.story != nil {
		if parties == nil {
			parties = byArguments(c.spec)
		}
		all = append(all, os.WriteFile(o.Mermaid, []byte(c.story.Mermaid(parties)), 0o666))
	}
	if o.DOT == "" && o.JSON == "" {
		return errors.Join(all...)
	}
	bound := o.GraphStates
	if bound == 0 {
		bound = DefaultGraphStates
	}
	g, err := model.Explore(ctx, c.spec, bound)
	if err != nil {
		return errors.Join(append(all, fmt.Errorf("no graph is written, of which --graph-states bounds the states to %d: %w", bound, err))...)
	}
	for _, f := range []struct {
		path  string
		write func(io.Writer) error
	}{{o.DOT, g.WriteDOT}, {o.JSON, g.WriteJSON}} {
		if f.path != "" {
			all = append(all, writeFile(f.path, f.write))
		}
	}
	return errors.Join(all...)
}

// writeFile gives write a new file.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// byArguments takes an action's first argument for who takes the step and its
// second for whom it concerns, if the spec has names for them.
func byArguments[S comparable](sp *model.Spec[S]) Parties[S] {
	return func(_ *S, l model.Label, _ *S) (actor, other string) {
		name := func(arg int) string {
			if sp.ArgName == nil || arg >= int(l.N) {
				return ""
			}
			return sp.ArgName(l.Action, arg, l.Args[arg])
		}
		return name(0), name(1)
	}
}
