package model

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// A StateGraph is the whole state graph of a spec, unreduced, for readers and
// tools. States are numbered in the order of a breadth-first search, the
// initial ones first.
type StateGraph[S comparable] struct {
	Spec, Size string
	States     []S
	Initial    int // the states below this number are initial
	Edges      []Edge

	spec *Spec[S]
}

// An Edge is one step of a [StateGraph], by the numbers of its states.
type Edge struct {
	From, To int
	Label    Label
}

// Explore returns the state graph of a spec, for small ones: maxStates bounds
// it, and a graph with more states is an error, as are a [*MisuseError] and
// ctx's end.
func Explore[S comparable](ctx context.Context, sp *Spec[S], maxStates int) (*StateGraph[S], error) {
	if err := sp.validate(); err != nil {
		return nil, err
	}
	o, err := Options{MaxStates: maxStates}.withDefaults()
	if err != nil {
		return nil, err
	}
	g, err := buildGraph(ctx, sp, o, o.budget(), nil)
	if err != nil {
		return nil, fmt.Errorf("spec %s: %w", specTitle(sp.Name, sp.Size), err)
	}
	defer g.free()
	x := &StateGraph[S]{Spec: sp.Name, Size: sp.Size, Initial: g.initial, spec: sp}
	for i := range g.size() {
		x.States = append(x.States, *g.states.at(i))
		from, end := g.row(uint32(i))
		for e := from; e < end; e++ {
			x.Edges = append(x.Edges, Edge{i, int(*g.to.at(e)), g.label(e)})
		}
	}
	return x, nil
}

// WriteDOT writes the graph in the language of Graphviz. Initial states have a
// thick border.
func (x *StateGraph[S]) WriteDOT(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "digraph %s {\n\tnode [shape=box];\n", dotString(specTitle(x.Spec, x.Size)))
	for i := range x.States {
		bold := ""
		if i < x.Initial {
			bold = ", penwidth=3"
		}
		fmt.Fprintf(b, "\t%d [label=%s%s];\n", i, dotString(x.spec.format(&x.States[i])), bold)
	}
	for _, e := range x.Edges {
		fmt.Fprintf(b, "\t%d -> %d [label=%s];\n", e.From, e.To, dotString(x.spec.LabelString(e.Label)))
	}
	b.WriteString("}\n")
	return b.Flush()
}

// dotString quotes s for Graphviz, which gives a backslash meanings of its own.
func dotString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.TrimRight(s, "\n")) + `"`
}

// WriteJSON writes the graph as one JSON object: spec, size, initial (a
// number), states (texts, as stories print them) and edges (from, to, action,
// args, label).
func (x *StateGraph[S]) WriteJSON(w io.Writer) error {
	type edge struct {
		From   int     `json:"from"`
		To     int     `json:"to"`
		Action string  `json:"action"`
		Args   []int16 `json:"args,omitempty"`
		Label  string  `json:"label"`
	}
	out := struct {
		Spec    string   `json:"spec"`
		Size    string   `json:"size,omitempty"`
		Initial int      `json:"initial"`
		States  []string `json:"states"`
		Edges   []edge   `json:"edges"`
	}{Spec: x.Spec, Size: x.Size, Initial: x.Initial, States: []string{}, Edges: []edge{}}
	for i := range x.States {
		out.States = append(out.States, x.spec.format(&x.States[i]))
	}
	for _, e := range x.Edges {
		out.Edges = append(out.Edges, edge{e.From, e.To, x.spec.Actions[e.Label.Action], e.Label.Args[:e.Label.N], x.spec.LabelString(e.Label)})
	}
	return json.NewEncoder(w).Encode(out)
}
