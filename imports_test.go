package weir_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What the rooms may import from elsewhere.
const (
	anything  = "..."
	grpc      = "google.golang.org/grpc/..."
	protobuf  = "google.golang.org/protobuf/..."
	rapid     = "pgregory.net/rapid"
	goleak    = "go.uber.org/goleak"
	porcupine = "github.com/anishathalye/porcupine"
	nettest   = "golang.org/x/net/nettest"
)

// A rule says what the packages of a room may import besides the standard
// library and the room itself. Paths of the project are relative to its root;
// one that ends in /... stands for everything below it too.
type rule struct {
	// room is a directory, or a directory and all below it. The longest that
	// matches a package rules it.
	room string
	// code is what the package may import, tests what its tests may besides.
	code, tests []string
	// why is the reason, and is part of the complaint.
	why string
}

var rules = []rule{
	{".", nil, []string{"protocol"},
		"the root is an overview; its tests check the tree, also while some room does not compile"},
	{"protocol", nil, []string{rapid},
		"who knows nobody can be known by everybody: models and woven packages must not pull in gRPC with the vocabulary"},
	{"protocol/remotev1", []string{grpc, protobuf}, nil, "generated stubs depend on what generates them"},
	{"protocol/gatewayv1", []string{grpc, protobuf}, nil, "generated stubs depend on what generates them"},
	{"impl/...", []string{"protocol/...", grpc, protobuf},
		[]string{"model/...", "faults/...", "properties/...", rapid, goleak, porcupine},
		"an implementation that knows its judges can be bent to please them, and a user of it would download them"},
	{"model/...", []string{"protocol"}, []string{rapid, goleak},
		"what is allowed must not be learned from what is done: a model that sees impl, stubs or gRPC shares their bugs"},
	{"model/linear", []string{"protocol", "model", "model/gatewayspec", porcupine}, []string{"model/remotespec", rapid},
		"sequential oracles are written for porcupine, and are models all the same"},
	{"faults", []string{"protocol"}, []string{rapid, goleak},
		"plans are values; the adversary knows what can happen to any service, not what these ones do"},
	{"faults/simnet/...", []string{"faults", "faults/schedule", "protocol", grpc, protobuf},
		[]string{"protocol/...", "faults/...", rapid, goleak},
		"a simulated gRPC network for any service: it knows gRPC, and no service"},
	{"faults/wire/...", []string{"faults", "protocol", grpc},
		[]string{"protocol/...", "faults/...", protobuf, rapid, goleak, nettest},
		"faults on any net.Conn: it knows conns and plans, and no service"},
	{"faults/schedule/...", nil, []string{rapid},
		"woven code imports it, whatever that code is: anything more than the standard library would be an import cycle"},
	{"faults/weave/...", nil, []string{"faults/schedule/..."},
		"the rewriter runs before anything is built, on any tree, and must not need what it rewrites"},
	{"properties/...", []string{"protocol/...", "model/...", "faults/...", grpc, protobuf, rapid, goleak, porcupine},
		[]string{"impl/..."},
		"the suite judges any implementation: if its library saw the reference implementation, it would judge likeness"},
	{"cmd/weir/...", []string{anything}, nil, "the command joins everything, in a module of its own"},
	{"examples/...", []string{anything}, nil, "examples are users: they see what users see, in a module of their own"},
	{"tools/...", []string{anything}, nil, "build tools are pinned in a module of their own, which nobody imports"},
}

func TestImports(t *testing.T) {
	all := sources(t)
	report(t, forbiddenImports(all))
	for _, r := range rules {
		inhabited := slices.ContainsFunc(all, func(s source) bool { return within(r.room, s.dir()) })
		if !inhabited && r.room != "tools/..." {
			t.Errorf("no package is in room %s: its rule checks nothing", r.room)
		}
	}
}

// forbiddenImports complains of each import that the rules don't allow, and
// of each package without a rule.
func forbiddenImports(all []source) (complaints []string) {
	for _, s := range all {
		r, ok := ruleOf(s.dir())
		if !ok {
			complaints = append(complaints, fmt.Sprintf("%s: no rule says what %s may import; add one, with its reason", s.path, s.dir()))
			continue
		}
		for _, spec := range s.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil || r.allows(imported, s.isTest()) {
				continue
			}
			whose := "may not"
			if s.isTest() {
				whose = "may not even in tests"
			}
			complaints = append(complaints, fmt.Sprintf("%s: %s imports %s, which it %s: %s",
				s.fset.Position(spec.Pos()), s.dir(), imported, whose, r.why))
		}
	}
	return complaints
}

// ruleOf finds the rule of the longest room that holds dir.
func ruleOf(dir string) (rule, bool) {
	best, found := rule{}, false
	for _, r := range rules {
		if within(r.room, dir) && len(r.room) > len(best.room) {
			best, found = r, true
		}
	}
	return best, found
}

func (r rule) allows(imported string, test bool) bool {
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	allowed := slices.Concat([]string{r.room}, r.code)
	if test {
		allowed = append(allowed, r.tests...)
	}
	if imported == modulePath {
		imported = "."
	}
	imported = strings.TrimPrefix(imported, modulePath+"/")
	return slices.ContainsFunc(allowed, func(pattern string) bool { return within(pattern, imported) })
}

// within reports whether p is what the pattern names: itself, or for one that
// ends in "..." everything below it too.
func within(pattern, p string) bool {
	if pattern == anything {
		return true
	}
	below, tree := strings.CutSuffix(pattern, "/...")
	return p == below || tree && strings.HasPrefix(p, below+"/")
}

func TestImportRulesRefuse(t *testing.T) {
	weir := func(room string) string { return modulePath + "/" + room }
	const stub = "google.golang.org/grpc"
	for _, tt := range []struct {
		path, imports string
		refused       bool
	}{
		{"protocol/event.go", "fmt", false},
		{"protocol/event.go", weir("protocol/remotev1"), true},
		{"protocol/event.go", stub, true},
		{"protocol/event.go", rapid, true},
		{"protocol/event_test.go", rapid, false},
		{"protocol/event_test.go", weir("model"), true},
		{"protocol/remotev1/remote.pb.go", "google.golang.org/protobuf/proto", false},
		{"impl/remote/link.go", weir("protocol"), false},
		{"impl/remote/link.go", weir("protocol/remotev1"), false},
		{"impl/remote/link.go", stub + "/codes", false},
		{"impl/remote/link.go", weir("model"), true},
		{"impl/remote/link.go", weir("faults/schedule/sync"), true},
		{"impl/remote/link.go", weir("properties"), true},
		{"impl/remote/link.go", goleak, true},
		{"impl/remote/link.go", "example.com/other", true},
		{"impl/remote/link_test.go", weir("faults/simnet"), false},
		{"model/check.go", weir("protocol"), false},
		{"model/check.go", weir("protocol/remotev1"), true},
		{"model/check.go", stub, true},
		{"model/check.go", porcupine, true},
		{"model/check_test.go", weir("impl/remote"), true},
		{"model/remotespec/spec.go", weir("model"), false},
		{"model/remotespec/spec_test.go", weir("impl/remote"), true},
		{"model/linear/ledger.go", porcupine, false},
		{"model/linear/ledger.go", weir("impl/gateway"), true},
		{"faults/plan.go", weir("protocol"), false},
		{"faults/plan.go", stub, true},
		{"faults/plan.go", weir("impl/remote"), true},
		{"faults/simnet/conn.go", stub, false},
		{"faults/simnet/conn.go", weir("protocol/remotev1"), true},
		{"faults/simnet/conn.go", weir("model"), true},
		{"faults/simnet/conn_test.go", weir("protocol/remotev1"), false},
		{"faults/wire/conn.go", weir("properties"), true},
		{"faults/schedule/scheduler.go", "testing/synctest", false},
		{"faults/schedule/scheduler.go", weir("protocol"), true},
		{"faults/schedule/scheduler.go", weir("faults"), true},
		{"faults/schedule/sync/mutex.go", weir("faults/schedule"), false},
		{"faults/schedule/sync/mutex.go", rapid, true},
		{"faults/weave/rewrite.go", weir("faults/schedule"), true},
		{"properties/remote.go", rapid, false},
		{"properties/remote.go", weir("model/remotespec"), false},
		{"properties/remote.go", weir("impl/remote"), true},
		{"properties/remote_test.go", weir("impl/remote"), false},
		{"cmd/weir/main.go", weir("impl/remote"), false},
		{"examples/alia/alia.go", "example.com/other", false},
		{"helpers/helpers.go", "fmt", true},
	} {
		s := parseText(t, tt.path, fmt.Sprintf("package p\n\nimport %q\n", tt.imports))
		got := forbiddenImports([]source{s})
		if (len(got) > 0) != tt.refused {
			t.Errorf("%s imports %s: got complaints %q, want refused %t", tt.path, tt.imports, got, tt.refused)
		}
	}
}
