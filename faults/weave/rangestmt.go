package weave

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// rangeStmt turns a range over a channel or a map into a for statement with
// three clauses: the variables it declares belong to one iteration or to the
// loop as the file's version of the language has it. Iterator functions would
// need a newer version.
func (r *rewriter) rangeStmt(n *ast.RangeStmt) {
	t := r.typeOf(n.X)
	if t == nil {
		return
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		r.leavef(n.Pos(), "range over type parameter %s is left alone", t)
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Chan:
		r.rangeChannel(n)
	case *types.Map:
		r.rangeMap(n, u)
	}
}

func (r *rewriter) rangeChannel(n *ast.RangeStmt) {
	it, x := r.name("r"), r.source(n.X)
	var head string
	switch {
	case blank(n.Key):
		head = fmt.Sprintf("for %s := %s.RangeOnly(%s); %s.More(); {", it, rt, x, it)
	case n.Tok == token.DEFINE:
		v := n.Key.(*ast.Ident).Name
		head = fmt.Sprintf("for %s, %s := %s.Range(%s); %s.Next(&%s); {", it, v, rt, x, it, v)
	default:
		head = fmt.Sprintf("for %s := %s.RangeOnly(%s); %s.More(); { %s = %s.V; ", it, rt, x, it, r.source(n.Key), it)
	}
	r.head(n.For, n.Body.Lbrace+1, head)
	r.done("range chan")
}

func (r *rewriter) rangeMap(n *ast.RangeStmt, m *types.Map) {
	if blank(n.Key) && blank(n.Value) {
		return // the order of the elements doesn't show
	}
	if !ordered(m.Key()) {
		r.warnf(n.Pos(), "range over a map with keys of type %s keeps its random order", m.Key())
		return
	}
	it, x := r.name("r"), r.source(n.X)
	var head string
	if n.Tok == token.DEFINE {
		k := r.name("k")
		if !blank(n.Key) {
			k = n.Key.(*ast.Ident).Name
		}
		if blank(n.Value) {
			head = fmt.Sprintf("for %s, %s := %s.MapRangeKeys(%s); %s.Next(&%s, nil); {", it, k, rt, x, it, k)
		} else {
			v := n.Value.(*ast.Ident).Name
			head = fmt.Sprintf("for %s, %s, %s := %s.MapRange(%s); %s.Next(&%s, &%s); {", it, k, v, rt, x, it, k, v)
		}
	} else {
		key, value := "_", "_"
		if !blank(n.Key) {
			key = r.source(n.Key)
		}
		if !blank(n.Value) {
			value = r.source(n.Value)
		}
		head = fmt.Sprintf("for %s := %s.MapRangeOnly(%s); %s.More(); { %s, %s = %s.K, %s.V; ", it, rt, x, it, key, value, it, it)
	}
	r.head(n.For, n.Body.Lbrace+1, head)
	r.done("range map")
}

// ordered reports whether keys of type t have an order that is the same in
// every run: pointers, channels and interfaces have none, and a floating-point
// key can differ from itself.
func ordered(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsInteger|types.IsString|types.IsBoolean) != 0
	case *types.Array:
		return ordered(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !ordered(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}

func blank(e ast.Expr) bool {
	if e == nil {
		return true
	}
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}
