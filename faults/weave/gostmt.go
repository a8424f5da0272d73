package weave

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// goStmt turns a go statement into a block that evaluates the function and its
// arguments, as the statement does, and then starts a literal that calls it.
func (r *rewriter) goStmt(n *ast.GoStmt) {
	call := n.Call
	fun := ast.Unparen(call.Fun)
	start := rt + ".Go(" + strconv.Quote(r.label(fun)) + ", "
	if lit, ok := fun.(*ast.FuncLit); ok && len(call.Args) == 0 && lit.Type.Results == nil {
		r.replace(n.Go, n.Go+2, start)
		r.replace(call.Lparen, call.Rparen+1, ")")
		r.done("go")
		return
	}
	b := &binding{r: r}
	target := r.source(call.Fun)
	if !r.static(fun) {
		target = b.bind("f", target)
	}
	for i, arg := range call.Args {
		if !b.argument(arg, call.Ellipsis.IsValid() && i == len(call.Args)-1) {
			r.leavef(n.Pos(), "go statement with an argument of untyped expression %s is left alone", r.source(arg))
			return
		}
	}
	text := "{ " + strings.Join(append(b.before, ""), "; ") + start + "func() { " + target + "(" + strings.Join(b.args, ", ") + ") }) }"
	r.head(n.Pos(), n.End(), text)
	r.done("go")
}

// binding collects what a go statement evaluates before it starts.
type binding struct {
	r      *rewriter
	before []string
	args   []string
}

func (b *binding) bind(kind, text string) string {
	name := b.r.name(kind)
	b.before = append(b.before, name+" := "+text)
	return name
}

// argument adds one argument; it returns false when a variable for it can't
// be declared without naming its type.
func (b *binding) argument(arg ast.Expr, variadic bool) bool {
	tv := b.r.pkg.info.Types[arg]
	text := b.r.source(arg)
	switch {
	case tv.IsType() || tv.Value != nil || tv.IsNil():
		b.args = append(b.args, text)
		return true
	case b.r.untyped(arg):
		basic, ok := types.Unalias(tv.Type).(*types.Basic)
		if !ok {
			return false
		}
		text = basic.Name() + "(" + text + ")"
	}
	if tuple, ok := tv.Type.(*types.Tuple); ok && tuple.Len() != 1 {
		var names []string
		for range tuple.Len() {
			names = append(names, b.r.name("a"))
		}
		b.before = append(b.before, strings.Join(names, ", ")+" := "+text)
		b.args = append(b.args, names...)
		return true
	}
	name := b.bind("a", text)
	if variadic {
		name += "..."
	}
	b.args = append(b.args, name)
	return true
}

// untyped reports whether e, which isn't constant, can take its type from
// where it stands: comparisons, and shifts of constants.
func (r *rewriter) untyped(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		switch e.Op {
		case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			return true
		case token.SHL, token.SHR:
			return r.constant(e.X) || r.untyped(e.X)
		}
		return (r.untyped(e.X) || r.constant(e.X)) && (r.untyped(e.Y) || r.constant(e.Y))
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && e.Op != token.AND && r.untyped(e.X)
	}
	return false
}

func (r *rewriter) constant(e ast.Expr) bool { return r.pkg.info.Types[e].Value != nil }

// static reports whether e names a function, so that it needn't be evaluated
// early; a generic function or a builtin can't be.
func (r *rewriter) static(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		switch r.pkg.info.Uses[e].(type) {
		case *types.Func, *types.Builtin:
			return true
		}
	case *ast.SelectorExpr:
		_, isFunc := r.pkg.info.Uses[e.Sel].(*types.Func)
		return isFunc && r.imported(e.X) != ""
	case *ast.IndexExpr:
		return r.static(e.X)
	case *ast.IndexListExpr:
		return r.static(e.X)
	}
	return false
}

// label is the display name of the goroutine that e starts: the name of the
// function or method, or for a literal that of the function around it.
func (r *rewriter) label(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.IndexExpr:
		return r.label(ast.Unparen(e.X))
	case *ast.IndexListExpr:
		return r.label(ast.Unparen(e.X))
	}
	return r.function + ".func"
}
