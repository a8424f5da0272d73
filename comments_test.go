package weir_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

func TestDocComments(t *testing.T) {
	all := sources(t)
	report(t, undocumentedPackages(all))
	for _, s := range all {
		report(t, undocumented(s))
	}
}

// undocumentedPackages complains of each package that has no comment, or
// more than one, or one that does not begin with its name.
func undocumentedPackages(all []source) (complaints []string) {
	type pkg struct{ dir, name string }
	comments := make(map[pkg][]string)
	var order []pkg
	for _, s := range all {
		if s.isTest() || s.isGenerated() {
			continue
		}
		p := pkg{s.dir(), s.ast.Name.Name}
		if _, ok := comments[p]; !ok {
			order = append(order, p)
			comments[p] = nil
		}
		if s.ast.Doc != nil {
			comments[p] = append(comments[p], s.ast.Doc.Text())
		}
	}
	for _, p := range order {
		want := "Package " + p.name + " "
		if p.name == "main" {
			want = "Command "
		}
		switch c := comments[p]; {
		case len(c) != 1:
			complaints = append(complaints, fmt.Sprintf("%s: package %s has %d package comments, want one", p.dir, p.name, len(c)))
		case !strings.HasPrefix(c[0], want):
			complaints = append(complaints, fmt.Sprintf("%s: the package comment begins %.30q, want %q", p.dir, c[0], want))
		}
	}
	return complaints
}

// undocumented complains of each exported identifier of s without a comment
// that begins with its name (after an article, for a type), of each error that
// does not say when it is returned, and of each field of a configuration
// without a comment. Constants and variables of a group may share the comment
// of the group.
func undocumented(s source) (complaints []string) {
	if s.isTest() || s.isGenerated() {
		return nil
	}
	complain := func(at token.Pos, format string, args ...any) {
		complaints = append(complaints, fmt.Sprintf("%s: %s", s.fset.Position(at), fmt.Sprintf(format, args...)))
	}
	check := func(what string, names []*ast.Ident, doc *ast.CommentGroup) {
		exported := slices.DeleteFunc(slices.Clone(names), func(n *ast.Ident) bool { return !n.IsExported() })
		if len(exported) > 0 && !slices.ContainsFunc(exported, func(n *ast.Ident) bool { return beginsWith(doc, n.Name) }) {
			complain(exported[0].Pos(), "%s %s has comment %.30q, want one that begins with its name", what, exported[0].Name, doc.Text())
		}
	}
	for _, d := range s.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if receiverExported(d) {
				check("func", []*ast.Ident{d.Name}, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					check("type", []*ast.Ident{spec.Name}, docOf(d, spec.Doc))
					checkFields(spec, complain)
				case *ast.ValueSpec:
					if d.Doc == nil || !d.Lparen.IsValid() {
						check(d.Tok.String(), spec.Names, docOf(d, spec.Doc))
					}
					checkSentinel(spec, docOf(d, spec.Doc), complain)
				}
			}
		}
	}
	return complaints
}

// docOf is the comment of a member, or that of a declaration which is not a
// group.
func docOf(d *ast.GenDecl, member *ast.CommentGroup) *ast.CommentGroup {
	if member == nil && !d.Lparen.IsValid() {
		return d.Doc
	}
	return member
}

func beginsWith(doc *ast.CommentGroup, name string) bool {
	rest, ok := "", false
	for _, article := range []string{"", "A ", "An ", "The "} {
		if rest, ok = strings.CutPrefix(doc.Text(), article+name); ok {
			break
		}
	}
	return ok && rest != "" && strings.ContainsAny(rest[:1], " \n,:'")
}

// receiverExported is true of functions, and of methods of exported types.
func receiverExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	name := ""
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return ast.IsExported(name)
}

func checkFields(spec *ast.TypeSpec, complain func(token.Pos, string, ...any)) {
	st, ok := spec.Type.(*ast.StructType)
	if !ok || !strings.HasSuffix(spec.Name.Name, "Config") || !spec.Name.IsExported() {
		return
	}
	shared := "" // a comment may speak for the fields below it, by name
	for _, f := range st.Fields.List {
		shared += f.Doc.Text()
		for _, n := range f.Names {
			if n.IsExported() && f.Doc == nil && f.Comment == nil && !strings.Contains(shared, n.Name) {
				complain(n.Pos(), "field %s.%s has no comment, want its meaning, unit and zero value", spec.Name.Name, n.Name)
			}
		}
	}
}

func checkSentinel(spec *ast.ValueSpec, doc *ast.CommentGroup, complain func(token.Pos, string, ...any)) {
	for _, n := range spec.Names {
		if strings.HasPrefix(n.Name, "Err") && len(n.Name) > 3 && !strings.Contains(doc.Text(), "is returned") {
			complain(n.Pos(), "%s has comment %.30q, want it to say when it is returned", n.Name, doc.Text())
		}
	}
}

func TestDocCommentsAreMissed(t *testing.T) {
	for _, tt := range []struct{ text, complaint string }{
		{"func F() {}", "func F has comment"},
		{"// This does F.\nfunc F() {}", "func F has comment"},
		{"// Fun is another word.\nfunc F() {}", "func F has comment"},
		{"// F does.\nfunc F() {}", ""},
		{"func f() {}", ""},
		{"type T struct{}", "type T has comment"},
		{"// T is.\ntype T struct{}\n\nfunc (*T) M() {}", "func M has comment"},
		{"// T is.\ntype T[K any] struct{}\n\nfunc (*T[K]) M() {}", "func M has comment"},
		{"type t struct{}\n\nfunc (t) M() {}", ""},
		{"const C = 1", "const C has comment"},
		{"const (\n\tC = 1\n)", "const C has comment"},
		{"// The constants.\nconst (\n\tC = 1\n)", ""},
		{"const (\n\t// One.\n\tC = 1\n)", "const C has comment"},
		{"// A T is.\ntype T struct{}", ""},
		{"// Any T is.\ntype T struct{}", "type T has comment"},
		{"var (\n\t// A and B are.\n\tA, B int\n)", ""},
		{"var v, V int", "var V has comment"},
		{"// ErrX is bad.\nvar ErrX error", "say when it is returned"},
		{"// ErrX is returned when.\nvar ErrX error", ""},
		{"// Config is.\ntype Config struct{ A int }", "field Config.A has no comment"},
		{"// Config is.\ntype Config struct {\n\tA int // how many\n\tb int\n}", ""},
		{"// Config is.\ntype Config struct {\n\t// A and B are.\n\tA int\n\tB string\n}", ""},
		{"// Config is.\ntype Config struct {\n\t// A is.\n\tA int\n\tB string\n}", "field Config.B has no comment"},
	} {
		got := undocumented(parseText(t, "p/p.go", "package p\n\n"+tt.text+"\n"))
		if tt.complaint == "" && len(got) > 0 || tt.complaint != "" && !strings.Contains(strings.Join(got, "\n"), tt.complaint) {
			t.Errorf("%s\ngot complaints %q, want %q", tt.text, got, tt.complaint)
		}
	}
	for _, tt := range []struct {
		texts []string
		good  bool
	}{
		{[]string{"package p\n"}, false},
		{[]string{"// Package p is.\npackage p\n", "package p\n"}, true},
		{[]string{"// Package p is.\npackage p\n", "// Package p is too.\npackage p\n"}, false},
		{[]string{"// A package.\npackage p\n"}, false},
		{[]string{"// Main.\npackage main\n"}, false},
		{[]string{"// Command p does.\npackage main\n"}, true},
	} {
		var all []source
		for _, text := range tt.texts {
			all = append(all, parseText(t, "p/p.go", text))
		}
		if got := undocumentedPackages(all); (len(got) == 0) != tt.good {
			t.Errorf("%q: got complaints %q, want good %t", tt.texts, got, tt.good)
		}
	}
}
