package model

import (
	"fmt"
	"runtime"
	"strings"
)

// A MisuseError is returned when the checker cannot trust a spec: a field is
// missing, the state type has bytes that == ignores, Next is not pure, two
// steps of one state have the same label, or one of its functions panicked.
type MisuseError struct {
	Spec, Size string
	State      string // the state in which it showed, as the spec prints it; or empty
	Problem    string // what is wrong and what to change
}

// Error names the spec, the problem and the state in which it showed.
func (e *MisuseError) Error() string {
	name := e.Spec
	if name == "" {
		name = "without a name"
	}
	s := "spec " + specTitle(name, e.Size) + ": " + e.Problem
	if e.State != "" {
		s += "; in state " + e.State
	}
	return s
}

// panicProblem describes a recovered panic by its value and the line of the
// spec that raised it. It must be called by the deferred function itself.
func panicProblem(value any) string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		inRuntime := strings.HasPrefix(f.Function, "runtime.")
		if panicking && !inRuntime {
			return fmt.Sprintf("panic: %v, at %s:%d", value, f.File, f.Line)
		}
		panicking = panicking || f.Function == "runtime.gopanic"
		if !more {
			return fmt.Sprintf("panic: %v", value)
		}
	}
}
