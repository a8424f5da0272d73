package weave_test

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// A refactoring changes the text of a program and nothing that it does. It
// returns false where there is nothing that it could change.
type refactoring struct {
	name string
	do   func(*program, *rand.Rand) bool
}

var refactorings = []refactoring{
	{"rename", rename},
	{"log", addLog},
	{"goroutine", addGoroutine},
	{"literal", extractLiteral},
	{"function", extractFunction},
	{"declarations", reorderDeclarations},
	{"fields", reorderFields},
	{"values", reorderValues},
	{"statements", reorderStatements},
	{"go statements", reorderGo},
	{"branches", swapBranches},
}

// program is a package of one file.
type program struct {
	fset  *token.FileSet
	file  *ast.File
	info  *types.Info
	pkg   *types.Package
	names int
	// prefix begins new names. With loose only what is local to a function is
	// renamed, because the types of the rest of the package aren't known well.
	prefix string
	loose  bool
	// head and tail are texts to add after the package clause and at the end.
	head, tail string
}

// refactor applies several refactorings to the text and tells which.
func refactor(text string, r *rand.Rand, most int) (string, []string, error) {
	return refactorBy(newProgram, "", text, r, 1+r.IntN(most))
}

// refactorBy applies n refactorings to the text of a file that load makes a
// program of. New names have the prefix.
func refactorBy(load func(string) (*program, error), prefix, text string, r *rand.Rand, n int) (string, []string, error) {
	var done []string
	names := 0
	for tries := 0; len(done) < n && tries < 50; tries++ {
		p, err := load(text)
		if err != nil {
			return "", nil, err
		}
		p.names, p.prefix = names, prefix
		f := refactorings[r.IntN(len(refactorings))]
		if !f.do(p, r) {
			continue
		}
		next, err := p.text()
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if _, err := load(next); err != nil {
			return "", nil, fmt.Errorf("%s: %w\n%s", f.name, err, next)
		}
		text, names = next, p.names
		done = append(done, f.name)
	}
	return text, done, nil
}

var standard = importer.ForCompiler(token.NewFileSet(), "source", nil)

func newProgram(text string) (*program, error) {
	p := &program{fset: token.NewFileSet()}
	var err error
	if p.file, err = parser.ParseFile(p.fset, "toy.go", text, parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	p.info = &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	c := types.Config{Importer: standard}
	p.pkg, err = c.Check("toy", p.fset, []*ast.File{p.file}, p.info)
	return p, err
}

// looseProgram is a program of one file of a package, with the others as far as
// they can be understood without what they import.
func looseProgram(others []string) func(text string) (*program, error) {
	return func(text string) (*program, error) {
		p := &program{fset: token.NewFileSet(), loose: true}
		var err error
		if p.file, err = parser.ParseFile(p.fset, "file.go", text, parser.SkipObjectResolution); err != nil {
			return nil, err
		}
		files := []*ast.File{p.file}
		for _, other := range others {
			f, err := parser.ParseFile(p.fset, "", other, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
		p.info = &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
		c := types.Config{Importer: nothing{}, Error: func(error) {}}
		p.pkg, _ = c.Check("loose", p.fset, files, p.info)
		// Only what this file declares can be renamed in it.
		for id, o := range p.info.Defs {
			if o != nil && (o.Pos() < p.file.FileStart || o.Pos() > p.file.FileEnd) {
				delete(p.info.Defs, id)
			}
		}
		return p, nil
	}
}

// nothing is an importer of nothing.
type nothing struct{}

func (nothing) Import(path string) (*types.Package, error) {
	return nil, fmt.Errorf("%s isn't looked at", path)
}

func (p *program) text() (string, error) {
	var b strings.Builder
	if err := format.Node(&b, p.fset, p.file); err != nil {
		return "", err
	}
	// The text has no comments, so the package clause is its first line.
	first, rest, _ := strings.Cut(b.String(), "\n")
	text, err := format.Source([]byte(first + "\n" + p.head + rest + p.tail))
	return string(text), err
}

// fresh is a name that the program doesn't have.
func (p *program) fresh(kind string) string {
	p.names++
	return fmt.Sprintf("%s%s%d", kind, p.prefix, p.names)
}

// rename gives some of what the package declares other names.
func rename(p *program, r *rand.Rand) bool {
	seen := map[types.Object]bool{}
	var objects []types.Object
	for _, o := range p.info.Defs {
		v, isVar := o.(*types.Var)
		_, isPackage := o.(*types.PkgName)
		_, isLabel := o.(*types.Label)
		if o == nil || seen[o] || isPackage || isLabel || isVar && v.Embedded() || slices.Contains([]string{"Run", "_", "init", "toy"}, o.Name()) {
			continue
		}
		if p.loose && (!isVar || v.IsField() || v.Parent() == p.pkg.Scope() || v.Parent() == nil) {
			continue
		}
		seen[o] = true
		objects = append(objects, o)
	}
	slices.SortFunc(objects, func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
	names := map[types.Object]string{}
	for _, o := range objects {
		if r.IntN(2) == 0 {
			names[o] = p.fresh("other")
		}
	}
	for _, ids := range []map[*ast.Ident]types.Object{p.info.Defs, p.info.Uses} {
		for id, o := range ids {
			if name, ok := names[o]; ok {
				id.Name = name
			}
		}
	}
	return len(names) > 0
}

// lists are the places where statements stand one after the other.
func (p *program) lists() []*[]ast.Stmt {
	var lists []*[]ast.Stmt
	ast.Inspect(p.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			if len(n.List) > 0 {
				switch n.List[0].(type) {
				case *ast.CaseClause, *ast.CommClause:
				default:
					lists = append(lists, &n.List)
				}
			}
		case *ast.CaseClause:
			lists = append(lists, &n.Body)
		case *ast.CommClause:
			lists = append(lists, &n.Body)
		}
		return true
	})
	return slices.DeleteFunc(lists, func(l *[]ast.Stmt) bool { return len(*l) == 0 })
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// insert puts a call before some statement.
func (p *program) insert(r *rand.Rand, function string, asGoroutine bool) bool {
	lists := p.lists()
	if len(lists) == 0 {
		return false
	}
	list := pick(r, lists)
	call := &ast.CallExpr{Fun: ast.NewIdent(function)}
	var s ast.Stmt = &ast.ExprStmt{X: call}
	if asGoroutine {
		s = &ast.GoStmt{Call: call}
	}
	*list = slices.Insert(*list, r.IntN(len(*list)), s)
	return true
}

// addLog adds a log point: a counter, a counter under a lock, or a line that
// is dropped when the log is full.
func addLog(p *program, r *rand.Rand) bool {
	f := p.fresh("note")
	if !p.insert(r, f, false) {
		return false
	}
	if r.IntN(3) == 0 { // two points of the same log
		p.insert(r, f, false)
	}
	switch r.IntN(3) {
	case 0:
		p.head += fmt.Sprintf("import %satomic \"sync/atomic\"\n", f)
		p.tail += fmt.Sprintf("\nvar %scount %satomic.Int64\n\nfunc %s() { %scount.Add(1) }\n", f, f, f, f)
	case 1:
		p.head += fmt.Sprintf("import %ssync \"sync\"\n", f)
		p.tail += fmt.Sprintf("\nvar %smu %ssync.Mutex\n\nvar %scount int\n\nfunc %s() {\n%smu.Lock()\ndefer %smu.Unlock()\n%scount++\n}\n", f, f, f, f, f, f, f)
	default:
		p.head += fmt.Sprintf("import %satomic \"sync/atomic\"\n", f)
		p.tail += fmt.Sprintf("\nvar %scount, %slevel %satomic.Int32\n\nfunc %s() {\nif %slevel.Load() == 0 {\n%scount.Store(%scount.Load() + 1)\n}\n}\n", f, f, f, f, f, f, f)
	}
	return true
}

// addGoroutine starts a goroutine that has nothing to do with the rest.
func addGoroutine(p *program, r *rand.Rand) bool {
	f := p.fresh("idle")
	if !p.insert(r, f, true) {
		return false
	}
	switch r.IntN(3) {
	case 0:
		p.tail += fmt.Sprintf("\nfunc %s() {}\n", f)
	case 1:
		p.head += fmt.Sprintf("import %ssync \"sync\"\n", f)
		p.tail += fmt.Sprintf("\nvar %smu %ssync.Mutex\n\nfunc %s() {\n%smu.Lock()\n%smu.Unlock()\n}\n", f, f, f, f, f)
	default:
		p.tail += fmt.Sprintf("\nfunc %s() {\ndone := make(chan int, 1)\ndone <- 1\n<-done\n}\n", f)
	}
	return true
}

// simple reports whether a statement can stand in a function of its own.
func simple(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt, *ast.SendStmt, *ast.IncDecStmt:
		return true
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE
	}
	return false
}

// simpleRun is one to three simple statements next to each other.
func (p *program) simpleRun(r *rand.Rand) (list *[]ast.Stmt, from, to int) {
	lists := p.lists()
	for range min(20, 20*len(lists)) {
		list = pick(r, lists)
		from = r.IntN(len(*list))
		for to = from; to < len(*list) && to < from+1+r.IntN(3) && simple((*list)[to]); to++ {
		}
		if to > from {
			return list, from, to
		}
	}
	return nil, 0, 0
}

// extractLiteral puts statements into a function literal that is called.
func extractLiteral(p *program, r *rand.Rand) bool {
	list, from, to := p.simpleRun(r)
	if list == nil {
		return false
	}
	body := slices.Clone((*list)[from:to])
	call := &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{List: body}}}}
	*list = slices.Replace(*list, from, to, ast.Stmt(call))
	return true
}

// extractFunction puts statements into a function of its own.
func extractFunction(p *program, r *rand.Rand) bool {
	for range 20 {
		list, from, to := p.simpleRun(r)
		if list == nil {
			return false
		}
		body := slices.Clone((*list)[from:to])
		vars, ok := p.free(body)
		if !ok {
			continue
		}
		f := p.fresh("part")
		params := &ast.FieldList{}
		call := &ast.CallExpr{Fun: ast.NewIdent(f)}
		for _, v := range vars {
			t, err := parser.ParseExpr(types.TypeString(v.Type(), func(q *types.Package) string {
				if q == p.pkg {
					return ""
				}
				return q.Name()
			}))
			if err != nil {
				return false
			}
			params.List = append(params.List, &ast.Field{Names: []*ast.Ident{ast.NewIdent(v.Name())}, Type: t})
			call.Args = append(call.Args, ast.NewIdent(v.Name()))
		}
		*list = slices.Replace(*list, from, to, ast.Stmt(&ast.ExprStmt{X: call}))
		p.file.Decls = append(p.file.Decls, &ast.FuncDecl{Name: ast.NewIdent(f), Type: &ast.FuncType{Params: params}, Body: &ast.BlockStmt{List: body}})
		return true
	}
	return false
}

// free are the local variables that statements use, if copies of them do.
func (p *program) free(body []ast.Stmt) (vars []*types.Var, ok bool) {
	ok = true
	for _, s := range body {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				ok = false
			case *ast.AssignStmt:
				for _, l := range n.Lhs {
					if _, isName := l.(*ast.Ident); isName {
						ok = false
					}
				}
			case *ast.IncDecStmt:
				if _, isName := n.X.(*ast.Ident); isName {
					ok = false
				}
			case *ast.UnaryExpr:
				ok = ok && n.Op != token.AND
			case *ast.Ident:
				v, isVar := p.info.Uses[n].(*types.Var)
				if !isVar || v.IsField() || v.Parent() == p.pkg.Scope() || slices.Contains(vars, v) {
					return true
				}
				if strings.Contains(v.Type().String(), "invalid type") {
					ok = false
				}
				switch v.Type().Underlying().(type) {
				case *types.Pointer, *types.Chan, *types.Map, *types.Slice, *types.Basic, *types.Signature:
				default:
					ok = false
				}
				vars = append(vars, v)
			}
			return true
		})
	}
	return vars, ok
}

// swapBranches turns a condition round.
func swapBranches(p *program, r *rand.Rand) bool {
	var ifs []*ast.IfStmt
	ast.Inspect(p.file, func(n ast.Node) bool {
		if s, ok := n.(*ast.IfStmt); ok {
			if _, chained := s.Else.(*ast.IfStmt); !chained {
				ifs = append(ifs, s)
			}
		}
		return true
	})
	if len(ifs) == 0 {
		return false
	}
	s := pick(r, ifs)
	otherwise, _ := s.Else.(*ast.BlockStmt)
	if otherwise == nil {
		otherwise = &ast.BlockStmt{}
	}
	s.Cond = &ast.UnaryExpr{Op: token.NOT, X: &ast.ParenExpr{X: s.Cond}}
	s.Body, s.Else = otherwise, s.Body
	return true
}

// kindsOf are the names of the refactorings in a list, each once.
func kindsOf(done []string) []string {
	set := map[string]bool{}
	for _, d := range done {
		set[d] = true
	}
	return slices.Sorted(maps.Keys(set))
}
