package weave

import (
	"fmt"
	"go/ast"
	"strconv"
	"strings"
)

// selectStmt turns a select statement into a switch over the index of the case
// that was taken. Channels and values to send are evaluated in the switch's
// init, once and in source order, as the statement does.
func (r *rewriter) selectStmt(n *ast.SelectStmt) {
	if len(n.Body.List) == 0 {
		// The loop keeps the statement terminating.
		r.head(n.Pos(), n.End(), "for { "+rt+".Block() }")
		r.done("select{}")
		return
	}
	var names, inits []string
	var heads []caseHead
	hasDefault := false
	for _, s := range n.Body.List {
		clause := s.(*ast.CommClause)
		if clause.Comm == nil {
			hasDefault = true
			continue
		}
		name := r.name("c")
		init, assign, ok := r.communication(clause.Comm, name)
		if !ok {
			r.leavef(n.Pos(), "select is left alone")
			return
		}
		heads = append(heads, caseHead{clause, "case " + strconv.Itoa(len(names)) + ":" + assign})
		names, inits = append(names, name), append(inits, init)
	}
	head := "switch "
	if len(names) > 0 {
		head += strings.Join(names, ", ") + " := " + strings.Join(inits, ", ") + "; "
	}
	head += fmt.Sprintf("%s.Select(%s) {", rt, strings.Join(append([]string{strconv.FormatBool(hasDefault)}, names...), ", "))
	r.head(n.Select, n.Body.Lbrace+1, head)
	for _, h := range heads {
		r.head(h.clause.Case, h.clause.Colon+1, h.text)
	}
	if !hasDefault {
		// A select whose cases all end in a terminating statement is one.
		r.edits.close(r.off(n.Body.Rbrace), "; default: panic(\"unreachable\") ")
	}
	r.done("select")
}

type caseHead struct {
	clause *ast.CommClause
	text   string
}

// communication is the expression that makes the case of s, and the
// assignment at the beginning of its body.
func (r *rewriter) communication(s ast.Stmt, name string) (init, assign string, ok bool) {
	switch s := s.(type) {
	case *ast.SendStmt:
		init = fmt.Sprintf("%s.To(%s).Case(%s)", rt, r.source(s.Chan), r.source(s.Value))
		return init, "", r.channel(s.Chan)
	case *ast.ExprStmt:
		ch := receive(s.X).X
		return fmt.Sprintf("%s.CaseRecv(%s)", rt, r.source(ch)), "", r.channel(ch)
	case *ast.AssignStmt:
		ch := receive(s.Rhs[0]).X
		var left []string
		for _, e := range s.Lhs {
			left = append(left, r.source(e))
		}
		right := name + ".V"
		if len(left) == 2 {
			right += ", " + name + ".OK"
		}
		assign = " " + strings.Join(left, ", ") + " " + s.Tok.String() + " " + right + ";"
		return fmt.Sprintf("%s.CaseRecv(%s)", rt, r.source(ch)), assign, r.channel(ch)
	}
	return "", "", false
}
