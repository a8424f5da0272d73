package schedule

import (
	"fmt"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

const maxStackBytes = 1 << 20

// own is the prefix of this package's functions, which stacks leave out.
const own = "github.com/weir-dev/weir/faults/schedule."

var address = regexp.MustCompile(`0x[0-9a-f]{6,}`)

// panicMessage is the panic's value, without addresses.
func panicMessage(value any) string {
	return address.ReplaceAllString(fmt.Sprint(value), "0x?")
}

// callers is the stack of the calling goroutine, innermost first, without the
// scheduler's and the runtime's frames.
func callers() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	var lines []string
	for {
		f, more := frames.Next()
		if line := frameLine(f.Function, f.File, f.Line); line != "" {
			lines = append(lines, line)
		}
		if !more {
			return strings.Join(lines, "\n")
		}
	}
}

func frameLine(function, file string, line int) string {
	if function == "" || strings.HasPrefix(function, "runtime.") || strings.HasPrefix(function, own) && !strings.HasSuffix(file, "_test.go") {
		return ""
	}
	return fmt.Sprintf("%s %s:%d", path.Base(function), path.Base(file), line)
}

// Stacks is the stack of each live controlled goroutine, under its name,
// without the scheduler's frames, addresses and goroutine numbers. It costs
// milliseconds.
//
//go:norace
func (s *Scheduler) Stacks() []string {
	s.mustBeRoot("Stacks")
	s.settle()
	var stacks []string
	all := goroutines()
	for _, t := range s.tasks {
		if text, ok := all[t.goroutine]; ok {
			stacks = append(stacks, t.name+"\n"+trimStack(text))
		}
	}
	return stacks
}

// goroutines is the stack trace of every goroutine of the process, by number.
func goroutines() map[uint64]string {
	buf := make([]byte, maxStackBytes)
	buf = buf[:runtime.Stack(buf, true)]
	all := map[uint64]string{}
	for text := range strings.SplitSeq(string(buf), "\n\n") {
		g, _ := parseHeader([]byte(text))
		all[g] = text
	}
	return all
}

// trimStack turns a trace of the runtime into lines as callers makes them.
func trimStack(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	var out []string
	for i := 1; i+1 < len(lines); i += 2 {
		if strings.HasPrefix(lines[i], "created by ") {
			break
		}
		function, _, _ := cutLast(lines[i], "(")
		file, number, _ := cutLast(strings.TrimSpace(lines[i+1]), ":")
		var line int
		fmt.Sscanf(number, "%d", &line)
		if l := frameLine(function, file, line); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return text, "", false
}

// dropEndedAdopted forgets adopted goroutines that have ended, of which
// nobody tells the scheduler.
//
//go:norace
func (s *Scheduler) dropEndedAdopted() {
	if !slices.ContainsFunc(s.tasks, isLoose) {
		return
	}
	all := goroutines()
	for _, t := range s.tasks {
		if _, alive := all[t.goroutine]; isLoose(t) && !alive {
			t.ended = true
			unregister(t)
		}
	}
	s.number()
}

// isLoose reports whether t was adopted and may have ended since.
//
//go:norace
func isLoose(t *task) bool { return t.origin == Adopted && !t.parked }
