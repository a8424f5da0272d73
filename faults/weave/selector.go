package weave

import (
	"go/ast"
	"go/types"
	"strings"
)

// selectors are the functions with a counterpart in package schedule.
var selectors = map[string]string{
	"time.Sleep":                "Sleep",
	"time.NewTimer":             "NewTimer",
	"time.After":                "After",
	"time.AfterFunc":            "AfterFunc",
	"time.NewTicker":            "NewTicker",
	"time.Tick":                 "Tick",
	"context.WithCancel":        "WithCancel",
	"context.WithCancelCause":   "WithCancelCause",
	"context.WithDeadline":      "WithDeadline",
	"context.WithDeadlineCause": "WithDeadlineCause",
	"context.WithTimeout":       "WithTimeout",
	"context.WithTimeoutCause":  "WithTimeoutCause",
	"context.AfterFunc":         "ContextAfterFunc",
	"context.Cause":             "Cause",
	"runtime.Gosched":           "Gosched",
	"math/rand/v2.N":            "RandN",
}

// methods are the methods with a counterpart in package schedule, with the
// function that makes the value that has it.
var methods = map[string]string{
	"(*time.Timer).Stop":    "TimerOf",
	"(*time.Timer).Reset":   "TimerOf",
	"(*time.Ticker).Stop":   "TickerOf",
	"(*time.Ticker).Reset":  "TickerOf",
	"(context.Context).Err": "ContextOf",
}

// dotted are the packages whose functions are recognised by their qualifier.
var dotted = map[string]bool{"time": true, "context": true, "runtime": true, "math/rand": true, "math/rand/v2": true}

// generators are the packages with a global, randomly seeded generator.
var generators = map[string]string{"math/rand": "Rand()", "math/rand/v2": "Rand2()"}

// selector replaces a function of another package, called or not.
func (r *rewriter) selector(n *ast.SelectorExpr) {
	path := r.imported(n.X)
	fn, ok := r.pkg.info.Uses[n.Sel].(*types.Func)
	if !ok {
		return
	}
	if path == "" {
		r.method(n, fn)
		return
	}
	to, ok := selectors[path+"."+n.Sel.Name]
	member := n.Sel.Name
	switch {
	case ok && fn.Signature().TypeParams() != nil:
		member = "Int" // a generic function is no value
	case ok:
	case generators[path] != "" && !strings.HasPrefix(n.Sel.Name, "New"):
		to = generators[path] + "." + n.Sel.Name
	default:
		return
	}
	r.replace(n.Pos(), n.End(), rt+"."+to)
	r.keep[n.X.(*ast.Ident).Name] = member
	r.done(path + "." + n.Sel.Name)
}

// method replaces the receiver of a method, called or not, of which x may have
// got it by embedding: x.Stop becomes TimerOf(x.Timer).Stop.
func (r *rewriter) method(n *ast.SelectorExpr, fn *types.Func) {
	to, ok := methods[fn.FullName()]
	s := r.pkg.info.Selections[n]
	if !ok || s == nil {
		return
	}
	if s.Kind() == types.MethodExpr {
		r.leavef(n.Pos(), "method expression %s is left alone", r.source(n))
		return
	}
	fields, pointer, ok := r.promoted(s)
	if !ok {
		r.leavef(n.Pos(), "%s of a field that can't be named here is left alone", fn.FullName())
		return
	}
	open := rt + "." + to + "("
	if to != "ContextOf" && !pointer {
		open += "&"
	}
	r.edits.open(r.off(n.X.Pos()), open)
	r.edits.close(r.off(n.X.End()), fields+")")
	r.done(fn.FullName())
}

// promoted is the path of embedded fields to the receiver of a method, and
// whether that is a pointer; false if a field isn't visible here.
func (r *rewriter) promoted(s *types.Selection) (path string, pointer, ok bool) {
	t := s.Recv()
	for _, i := range s.Index()[:len(s.Index())-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		f := t.Underlying().(*types.Struct).Field(i)
		if !f.Exported() && f.Pkg().Path() != r.pkg.types.Path() {
			return "", false, false
		}
		path += "." + f.Name()
		t = f.Type()
	}
	_, pointer = types.Unalias(t).(*types.Pointer)
	return path, pointer, true
}
