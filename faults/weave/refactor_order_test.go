package weave_test

import (
	"go/ast"
	"go/token"
	"math/rand/v2"
	"slices"
)

// reorderDeclarations shuffles the functions and types of the file.
func reorderDeclarations(p *program, r *rand.Rand) bool {
	first := slices.IndexFunc(p.file.Decls, func(d ast.Decl) bool {
		g, ok := d.(*ast.GenDecl)
		return !ok || g.Tok != token.IMPORT
	})
	if first < 0 {
		return false
	}
	rest := p.file.Decls[first:]
	// Positions steer the printer; without them it goes by the tree alone.
	r.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	return len(rest) > 1
}

// reorderFields shuffles the fields of a struct type. All literals of the toys
// have keys.
func reorderFields(p *program, r *rand.Rand) bool {
	var structs []*ast.StructType
	ast.Inspect(p.file, func(n ast.Node) bool {
		if s, ok := n.(*ast.StructType); ok && len(s.Fields.List) > 1 {
			structs = append(structs, s)
		}
		return true
	})
	if len(structs) == 0 {
		return false
	}
	fields := pick(r, structs).Fields.List
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return true
}

// pure reports whether it doesn't matter when an expression is evaluated.
func pure(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			id, isName := n.Fun.(*ast.Ident)
			ok = ok && isName && (id.Name == "make" || id.Name == "new")
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.FuncLit:
			return false
		case *ast.IndexExpr, *ast.StarExpr, *ast.SelectorExpr:
			ok = false
		}
		return true
	})
	return ok
}

// reorderValues shuffles the values of a struct literal.
func reorderValues(p *program, r *rand.Rand) bool {
	var literals []*ast.CompositeLit
	ast.Inspect(p.file, func(n ast.Node) bool {
		l, ok := n.(*ast.CompositeLit)
		if !ok || len(l.Elts) < 2 {
			return true
		}
		for _, e := range l.Elts {
			kv, keyed := e.(*ast.KeyValueExpr)
			if !keyed || !pure(kv.Value) {
				return true
			}
		}
		literals = append(literals, l)
		return true
	})
	if len(literals) == 0 {
		return false
	}
	values := pick(r, literals).Elts
	r.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
	return true
}

// reorderStatements swaps two assignments next to each other that have
// nothing to do with each other.
func reorderStatements(p *program, r *rand.Rand) bool {
	return p.swap(r, func(a, b ast.Stmt) bool {
		x, ok := a.(*ast.AssignStmt)
		y, ok2 := b.(*ast.AssignStmt)
		if !ok || !ok2 || x.Tok != token.DEFINE || y.Tok != token.DEFINE {
			return false
		}
		for _, e := range slices.Concat(x.Rhs, y.Rhs) {
			if !pure(e) {
				return false
			}
		}
		return !mentions(y, x.Lhs) && !mentions(x, y.Lhs)
	})
}

// mentions reports whether n has one of the names.
func mentions(n ast.Node, names []ast.Expr) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found = found || slices.ContainsFunc(names, func(e ast.Expr) bool { return e.(*ast.Ident).Name == id.Name })
		}
		return true
	})
	return found
}

// reorderGo swaps two go statements next to each other.
func reorderGo(p *program, r *rand.Rand) bool {
	return p.swap(r, func(a, b ast.Stmt) bool {
		_, ok := a.(*ast.GoStmt)
		_, ok2 := b.(*ast.GoStmt)
		return ok && ok2
	})
}

// swap swaps two statements next to each other for which ok holds.
func (p *program) swap(r *rand.Rand, ok func(a, b ast.Stmt) bool) bool {
	var pairs [][2]*ast.Stmt
	for _, l := range p.lists() {
		for i := 1; i < len(*l); i++ {
			if ok((*l)[i-1], (*l)[i]) {
				pairs = append(pairs, [2]*ast.Stmt{&(*l)[i-1], &(*l)[i]})
			}
		}
	}
	if len(pairs) == 0 {
		return false
	}
	pair := pick(r, pairs)
	*pair[0], *pair[1] = *pair[1], *pair[0]
	return true
}
