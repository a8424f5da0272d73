package model_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

func TestExplore(t *testing.T) {
	g, err := model.Explore(context.Background(), lockSpec(model.Weak, 1), 100)
	if err != nil || len(g.States) != 8 || g.Initial != 1 || len(g.Edges) != 14 {
		t.Fatalf("got %+v, %v; want 8 states and 14 edges", g, err)
	}
	var dot, js strings.Builder
	if err := g.WriteDOT(&dot); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"digraph \"lock\" {\n", "\t0 [label=\"{At:[0 0]}\", penwidth=3];\n", "\t0 -> 1 [label=\"ask(0)\"];\n", "}\n"} {
		if !strings.Contains(dot.String(), want) {
			t.Errorf("got\n%s\nwant %q in it", &dot, want)
		}
	}
	if n := strings.Count(dot.String(), "->"); n != len(g.Edges) {
		t.Errorf("got %d edges in DOT, want %d", n, len(g.Edges))
	}
	if err := g.WriteJSON(&js); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Spec    string
		Initial int
		States  []string
		Edges   []struct {
			From, To      int
			Action, Label string
			Args          []int
		}
	}
	if err := json.Unmarshal([]byte(js.String()), &back); err != nil || back.Spec != "lock" || back.Initial != 1 || len(back.States) != 8 || len(back.Edges) != 14 {
		t.Fatalf("got %+v, %v", back, err)
	}
	if e := back.Edges[0]; e.From != 0 || e.To != 1 || e.Action != "ask" || e.Label != "ask(0)" || len(e.Args) != 1 {
		t.Errorf("got %+v, want the first step", e)
	}
	if _, err := model.Explore(context.Background(), lmSizeS.spec("limiter/count"), 1000); err == nil || !strings.Contains(err.Error(), "more than 1000 states") {
		t.Errorf("got %v, want an error: too many states", err)
	}
}

func TestMermaid(t *testing.T) {
	sp := lockSpec(model.Weak, 1)
	sp.Parties = func(from *lock, l model.Label, to *lock) (string, string) {
		if *from == *to {
			t.Errorf("got the same state before and after %s", sp.LabelString(l))
		}
		name := [...]string{"first", "second"}[l.Args[0]]
		if l.Action == lockAsk {
			return name, "lock; the"
		}
		return name, ""
	}
	tr, err := model.Story(context.Background(), sp, "lock/first-served", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := tr.Mermaid()
	want := `sequenceDiagram
    participant p0 as first
    participant p1 as lock#59; the
    participant p2 as second
    p0->>p1: ask(0)
    loop for ever
        p2->>p1: ask(1)
        Note over p2: take(1)
        Note over p2: give(1)
    end
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A spec without Parties has those that the names of arguments tell.
func TestMermaidByArguments(t *testing.T) {
	sp := limiterSpec(limiterBug{noDeduct: true}, "limiter/count")
	sp.ArgName = nil
	got := mustCheck(t, sp, model.Options{}).Violation.Mermaid()
	want := `sequenceDiagram
    participant p0 as limiter
    Note over p0: reserve(0, 0)
    Note over p0: reassign(0, 1)
    Note over p0: limiter/count, it ends
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	sp.ArgName = func(_ model.Action, arg int, v int16) string { return fmt.Sprintf("%c%d", "rh"[arg], v) }
	got = mustCheck(t, sp, model.Options{}).Violation.Mermaid()
	want = `sequenceDiagram
    participant p0 as r0
    participant p1 as h0
    participant p2 as h1
    p0->>p1: reserve(r0, h0)
    p0->>p2: reassign(r0, h1)
    Note over p0,p2: limiter/count, it ends
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	sp.ArgName = func(_ model.Action, arg int, v int16) string { return map[int]string{1: "host"}[arg] }
	if got := mustCheck(t, sp, model.Options{}).Violation.Mermaid(); !strings.Contains(got, "Note over p0: reserve(") {
		t.Errorf("got\n%s\nwant a note over everybody where nobody takes a step", got)
	}
}
