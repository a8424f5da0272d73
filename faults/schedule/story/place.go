package story

import (
	"fmt"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/weir-dev/weir/faults/schedule"
)

// Stack is how a task came to a point or a use: the calls of the code under
// test, innermost first, at most maxPlaces of them. The first is the place.
type Stack struct {
	Calls []Call
	// shims are the functions of the scheduler and the shims inside of that,
	// innermost first: "schedule.WovenTouch", "sync.(*Mutex).Unlock".
	shims []string
}

// Call is a line of code in a function.
type Call struct {
	Function string // without the path of its package
	File     string // as the compiler was given it
	Line     int
}

// maxPlaces bounds the calls of a Stack.
const maxPlaces = 4

// String is the file without its directory, and the line: "limiter.go:41".
func (c Call) String() string {
	if c.File == "" {
		return "?"
	}
	return fmt.Sprintf("%s:%d", path.Base(c.File), c.Line)
}

// Place is the innermost call, the zero Call if there is none.
func (s Stack) Place() Call {
	if len(s.Calls) == 0 {
		return Call{}
	}
	return s.Calls[0]
}

// String is the place and who called it: "limiter.go:41 < server.go:12".
func (s Stack) String() string {
	if len(s.Calls) == 0 {
		return "?"
	}
	var text []string
	for _, c := range s.Calls {
		text = append(text, c.String())
	}
	return strings.Join(text, " < ")
}

// in reports whether the function of a shim is among those that were called.
func (s Stack) in(function string) bool { return slices.Contains(s.shims, function) }

// shim is the innermost function of the shims of sync and sync/atomic, empty if
// there is none.
func (s Stack) shim() string {
	for _, f := range s.shims {
		if !strings.HasPrefix(f, "schedule.") {
			return f
		}
	}
	return ""
}

// typ is the type of an object that is used so: that of the shim's method, or
// "atomic" for a variable that functions of sync/atomic use.
func (s Stack) typ() string {
	if s.in("sync.(*Once).Do") {
		return "Once"
	}
	typ := "chan"
	for _, f := range s.shims {
		if _, method, ok := strings.Cut(f, ".(*"); ok && !strings.HasPrefix(f, "schedule.") {
			name, _, _ := strings.Cut(method, ")")
			return name
		}
		if strings.HasPrefix(f, "atomic.") {
			typ = "atomic"
		}
	}
	return typ
}

// same reports whether both are the same call of the code under test.
func (s Stack) same(t Stack) bool { return slices.Equal(s.Calls, t.Calls) }

// resolver turns program counters into stacks.
type resolver struct {
	known map[[maxDepth]uintptr]Stack
}

// maxDepth is how many program counters tell stacks apart.
const maxDepth = 32

func (r *resolver) stack(pcs []uintptr) Stack {
	if len(pcs) == 0 {
		return Stack{}
	}
	var key [maxDepth]uintptr
	copy(key[:], pcs)
	if s, ok := r.known[key]; ok {
		return s
	}
	s := resolve(pcs)
	if r.known == nil {
		r.known = map[[maxDepth]uintptr]Stack{}
	}
	r.known[key] = s
	return s
}

func resolve(pcs []uintptr) (s Stack) {
	frames := runtime.CallersFrames(pcs)
	for {
		f, more := frames.Next()
		own, skip := judge(f.Function, f.File)
		switch {
		case own != "" && len(s.Calls) == 0:
			s.shims = append(s.shims, own)
		case own == "" && !skip && len(s.Calls) < maxPlaces:
			function := f.Function[strings.LastIndexByte(f.Function, '/')+1:]
			s.Calls = append(s.Calls, Call{strings.ReplaceAll(function, "[...]", ""), f.File, f.Line})
		}
		if !more {
			return s
		}
	}
}

// scheduler is the path of the package schedule, wherever it was copied to.
var scheduler = reflect.TypeFor[schedule.Step]().PkgPath()

// judge tells functions of the scheduler and its shims, by their names, and
// those to skip, from the code under test.
func judge(function, file string) (own string, skip bool) {
	if strings.HasSuffix(file, "_test.go") {
		return "", false
	}
	if rest, ok := strings.CutPrefix(function, scheduler); ok {
		name := strings.ReplaceAll(rest[1:], "[...]", "")
		name, _, _ = strings.Cut(name, ".deferwrap")
		switch {
		case rest[0] == '.':
			return "schedule." + name, false
		case strings.HasPrefix(rest, "/sync.") || strings.HasPrefix(rest, "/atomic."):
			return name, false
		case strings.HasPrefix(rest, "/explore.") || strings.HasPrefix(rest, "/story."):
			return "", true
		}
	}
	for _, p := range [...]string{"runtime.", "reflect.", "testing.", "testing/", "internal/"} {
		if strings.HasPrefix(function, p) {
			return "", true
		}
	}
	return "", false
}
