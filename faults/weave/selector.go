package weave

import (
	"go/ast"
	"go/types"
	"strings"
)

// selectors are the functions with a counterpart in package schedule.
var selectors = map[string]string{
	"time.Sleep":        "Sleep",
	"time.AfterFunc":    "AfterFunc",
	"context.AfterFunc": "ContextAfterFunc",
	"runtime.Gosched":   "Gosched",
	"math/rand/v2.N":    "RandN",
}

// dotted are the packages whose functions are recognised by their qualifier.
var dotted = map[string]bool{"time": true, "context": true, "runtime": true, "math/rand": true, "math/rand/v2": true}

// generators are the packages with a global, randomly seeded generator.
var generators = map[string]string{"math/rand": "Rand()", "math/rand/v2": "Rand2()"}

// selector replaces a function of another package, called or not.
func (r *rewriter) selector(n *ast.SelectorExpr) {
	path := r.imported(n.X)
	fn, ok := r.pkg.info.Uses[n.Sel].(*types.Func)
	if path == "" || !ok {
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
