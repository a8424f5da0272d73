package weave

import (
	"go/ast"
	"go/token"
	"go/types"
)

// receive is the receive operation that e is, or nil.
func receive(e ast.Expr) *ast.UnaryExpr {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		return u
	}
	return nil
}

// channel reports whether e is a channel that package schedule can take; the
// type of a type parameter's channel can't be inferred there.
func (r *rewriter) channel(e ast.Expr) bool {
	t := r.typeOf(e)
	if t == nil {
		return false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		r.leavef(e.Pos(), "operation on a channel of type parameter %s is left alone", t)
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// receive turns <-ch into a call.
func (r *rewriter) receive(n *ast.UnaryExpr) {
	if n.Op != token.ARROW || r.inCase[n] || !r.channel(n.X) {
		return
	}
	call := "Recv"
	if r.twoValue[n] {
		call = "Recv2"
	}
	r.replace(n.OpPos, n.OpPos+2, rt+"."+call+"(")
	r.edits.close(r.off(n.X.End()), ")")
	r.done("receive")
}

// send turns ch <- v into a call of a method of a generic type, so that v
// converts to the element type by assignability.
func (r *rewriter) send(n *ast.SendStmt) {
	if r.inCase[n] || !r.channel(n.Chan) {
		return
	}
	r.edits.open(r.off(n.Chan.Pos()), rt+".To(")
	r.replace(n.Arrow, n.Arrow+2, ").Send(")
	r.edits.close(r.off(n.Value.End()), ")")
	r.done("send")
}

// builtins are the builtin functions of channels with a counterpart in package
// schedule; how many values fit never changes.
var builtins = map[string]string{"close": "Close", "len": "Len"}

// builtin turns close(ch) and len(ch) into calls; close as the function of a go
// or defer statement is one too.
func (r *rewriter) builtin(n *ast.CallExpr) {
	id, ok := ast.Unparen(n.Fun).(*ast.Ident)
	if !ok || builtins[id.Name] == "" {
		return
	}
	if _, ok := r.pkg.info.Uses[id].(*types.Builtin); !ok {
		return
	}
	if id.Name == "len" {
		if t := r.typeOf(n.Args[0]); t == nil {
			return
		} else if _, ok := t.Underlying().(*types.Chan); !ok {
			return
		}
	} else if !r.channel(n.Args[0]) {
		return
	}
	r.replace(id.Pos(), id.End(), rt+"."+builtins[id.Name])
	r.done(id.Name)
}
