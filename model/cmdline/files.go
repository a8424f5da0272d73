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
func (c *checked[S]) writeFiles(ctx context.Context, o Options) error {
	var all []error
	if o.Mermaid != "" && c.story != nil {
		all = append(all, os.WriteFile(o.Mermaid, []byte(c.story.Mermaid()), 0o666))
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
