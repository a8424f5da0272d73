package sync_test

import (
	"go/importer"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

const shimPath = "github.com/weir-dev/weir/faults/schedule/"

// The shims must have what the standard packages have, with the same types,
// and nothing more.
func TestShimsHaveTheStandardAPI(t *testing.T) {
	imp := importer.ForCompiler(token.NewFileSet(), "source", nil).(types.ImporterFrom)
	for std, shim := range map[string]string{"sync": "sync", "sync/atomic": "atomic"} {
		want, err := imp.ImportFrom(std, ".", 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := imp.ImportFrom(shimPath+shim, ".", 0)
		if err != nil {
			t.Fatal(err)
		}
		w, g := api(want), api(got)
		if len(w) < 10 {
			t.Errorf("%s: only %d exported things", std, len(w))
		}
		for name, sig := range w {
			if g[name] != sig {
				t.Errorf("%s: %s is %q, want %q", shim, name, g[name], sig)
			}
		}
		for name := range g {
			if w[name] == "" {
				t.Errorf("%s: %s isn't in the standard package", shim, name)
			}
		}
	}
}

// api maps what a package exports to its type; for types it is the kind, and
// their methods and exported fields stand beside them.
func api(p *types.Package) map[string]string {
	bare := func(*types.Package) string { return "" }
	text := func(t types.Type) string {
		var params []string
		if sig, ok := t.(*types.Signature); ok {
			// Parameters are compared without their names.
			for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
				for v := range tuple.Variables() {
					params = append(params, types.TypeString(v.Type(), bare))
				}
				params = append(params, "->")
			}
			return strings.Join(params, " ")
		}
		return types.TypeString(t, bare)
	}
	all := map[string]string{}
	for _, name := range p.Scope().Names() {
		o := p.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		named, isType := types.Unalias(o.Type()).(*types.Named)
		if _, ok := o.(*types.TypeName); !ok || !isType {
			all[name] = text(o.Type())
			continue
		}
		all[name] = "type"
		for m := range types.NewMethodSet(types.NewPointer(named)).Methods() {
			if m.Obj().Exported() {
				all[name+"."+m.Obj().Name()] = text(m.Type())
			}
		}
		if s, ok := named.Underlying().(*types.Struct); ok {
			for f := range s.Fields() {
				if f.Exported() {
					all[name+"."+f.Name()] = text(f.Type())
				}
			}
		}
	}
	return all
}
