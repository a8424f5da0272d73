package weave

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Names that rewritten files use begin with this.
const reserved = "weave_"

// rt is the local name of package schedule.
const rt = reserved + "s"

// rewriter rewrites one file.
type rewriter struct {
	schedule string // import path of package schedule
	pkg      *checked
	file     *source
	edits    edits

	counts   map[string]int
	warnings []string
	partial  []string          // what stays as it is and could hide a goroutine
	keep     map[string]string // import name -> member that keeps it used
	names    int
	calls    bool // package schedule is called

	oldLanguage bool // the module's version has no type parameters

	function string                  // name of the function declaration around
	twoValue map[*ast.UnaryExpr]bool // receives with v, ok
	inCase   map[ast.Node]bool       // communications of select statements
}

func newRewriter(schedule string, pkg *checked, file *source) *rewriter {
	return &rewriter{
		schedule: schedule, pkg: pkg, file: file,
		edits:  edits{text: file.text},
		counts: map[string]int{}, keep: map[string]string{},
		twoValue: map[*ast.UnaryExpr]bool{}, inCase: map[ast.Node]bool{},
	}
}

// rewrite is the woven file, or nil if there is nothing to weave in it.
func (r *rewriter) rewrite() []byte {
	r.imports()
	r.linknames()
	for _, d := range r.file.tree.Decls {
		r.function = "init"
		if f, ok := d.(*ast.FuncDecl); ok {
			r.function = f.Name.Name
		}
		r.walk(d)
	}
	if len(r.counts) == 0 {
		return nil
	}
	if r.calls {
		r.edits.close(r.off(r.file.tree.Name.End()), fmt.Sprintf("; import %s %q", rt, r.schedule))
	}
	head := ""
	if r.oldLanguage {
		head = r.language()
	}
	text := head + strings.TrimRight(r.edits.render(0, len(r.file.text)), "\n") + "\n"
	for _, name := range slices.Sorted(maps.Keys(r.keep)) {
		text += fmt.Sprintf("var _ = %s.%s\n", name, r.keep[name])
	}
	return []byte(text)
}

// walk visits children before their parents, so that edits are made from the
// inside out.
func (r *rewriter) walk(root ast.Node) {
	var stack []ast.Node
	ast.Inspect(root, func(n ast.Node) bool {
		if n != nil {
			stack = append(stack, n)
			r.enter(n)
			return true
		}
		r.leave(stack[len(stack)-1])
		stack = stack[:len(stack)-1]
		return true
	})
}

// shims are the packages that are replaced, with the folder of their shim.
var shims = map[string]string{"sync": "sync", "sync/atomic": "atomic"}

func (r *rewriter) imports() {
	for _, im := range r.file.tree.Imports {
		from, _ := strconv.Unquote(im.Path.Value)
		if to, ok := shims[from]; ok {
			r.replace(im.Path.Pos(), im.Path.End(), strconv.Quote(path.Join(r.schedule, to)))
			r.counts["import "+from]++
		}
		if im.Name != nil && im.Name.Name == "." && shims[from] == "" {
			if _, ok := dotted[from]; ok {
				r.leavef(im.Pos(), "what the dot import of %s brings is left alone", from)
			}
		}
	}
}

func (r *rewriter) linknames() {
	for _, group := range r.file.tree.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:linkname ") {
				r.warnf(c.Pos(), "what %s names is left alone", c.Text)
			}
		}
	}
}

// enter notes what a node's children need to know.
func (r *rewriter) enter(n ast.Node) {
	switch n := n.(type) {
	case *ast.Ident:
		if strings.HasPrefix(n.Name, reserved) {
			r.warnf(n.Pos(), "name %s may clash with those of the weaver", n.Name)
		}
	case *ast.AssignStmt:
		if len(n.Lhs) == 2 && len(n.Rhs) == 1 {
			r.twoValue[receive(n.Rhs[0])] = true
		}
	case *ast.ValueSpec:
		if len(n.Names) == 2 && len(n.Values) == 1 {
			r.twoValue[receive(n.Values[0])] = true
		}
	case *ast.CommClause:
		switch c := n.Comm.(type) {
		case *ast.SendStmt:
			r.inCase[c] = true
		case *ast.ExprStmt:
			r.inCase[receive(c.X)] = true
		case *ast.AssignStmt:
			r.inCase[receive(c.Rhs[0])] = true
		}
	}
}

func (r *rewriter) leave(n ast.Node) {
	switch n := n.(type) {
	case *ast.UnaryExpr:
		r.receive(n)
	case *ast.SendStmt:
		r.send(n)
	case *ast.CallExpr:
		r.builtin(n)
	case *ast.SelectorExpr:
		r.selector(n)
	case *ast.GoStmt:
		r.goStmt(n)
	case *ast.RangeStmt:
		r.rangeStmt(n)
	case *ast.SelectStmt:
		r.selectStmt(n)
	}
}

func (r *rewriter) off(p token.Pos) int { return r.pkg.fset.PositionFor(p, false).Offset }

func (r *rewriter) replace(start, end token.Pos, text string) {
	r.edits.replace(r.off(start), r.off(end), text)
}

// head replaces the range by text and adds the newlines that text lacks, so
// that later lines keep their numbers.
func (r *rewriter) head(start, end token.Pos, text string) {
	from, to := r.off(start), r.off(end)
	missing := bytes.Count(r.file.text[from:to], []byte("\n")) - strings.Count(text, "\n")
	r.edits.replace(from, to, text+strings.Repeat("\n", max(0, missing)))
}

// source is the node's text with the edits inside it.
func (r *rewriter) source(n ast.Node) string { return r.edits.render(r.off(n.Pos()), r.off(n.End())) }

// done counts a construct that now calls package schedule.
func (r *rewriter) done(construct string) {
	r.counts[construct]++
	r.calls = true
}

func (r *rewriter) warnf(p token.Pos, format string, args ...any) {
	r.warnings = append(r.warnings, r.pkg.fset.PositionFor(p, false).String()+": "+fmt.Sprintf(format, args...))
}

// leavef notes what is left alone.
func (r *rewriter) leavef(p token.Pos, format string, args ...any) {
	r.partial = append(r.partial, fmt.Sprintf("line %d: ", r.pkg.fset.PositionFor(p, false).Line)+fmt.Sprintf(format, args...))
}

// language raises the file's version of the language to the first with type
// parameters, and no further than that: a build line can't make it older than
// go1.21, which differs in nothing that woven code shows. What it returns goes
// in front of the file, and takes no line.
func (r *rewriter) language() string {
	for _, group := range r.file.tree.Comments {
		for _, c := range group.List {
			if expr, ok := strings.CutPrefix(c.Text, "//go:build "); ok && c.Pos() < r.file.tree.Package {
				r.replace(c.Pos(), c.End(), "//go:build ("+expr+") && go1.18")
				return ""
			}
		}
	}
	return "//go:build go1.18\n//line " + path.Base(filepath.ToSlash(r.file.path)) + ":1\n"
}

// name makes a fresh name.
func (r *rewriter) name(kind string) string {
	r.names++
	return reserved + kind + strconv.Itoa(r.names)
}

func (r *rewriter) typeOf(e ast.Expr) types.Type { return r.pkg.info.Types[e].Type }

// imported is the path of the package that x names, or empty.
func (r *rewriter) imported(x ast.Expr) string {
	id, ok := x.(*ast.Ident)
	if !ok {
		return ""
	}
	if p, ok := r.pkg.info.Uses[id].(*types.PkgName); ok {
		return p.Imported().Path()
	}
	return ""
}
