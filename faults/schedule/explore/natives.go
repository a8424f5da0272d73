package explore

import (
	"bytes"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
)

// maxDump bounds the stacks of all goroutines that are looked at.
const maxDump = 4 << 20

// frame is one call in a stack.
type frame struct{ function, file, line string }

// String is the call without the paths.
func (f frame) String() string { return path.Base(f.function) + " " + path.Base(f.file) + ":" + f.line }

// goroutine is one goroutine of this bubble, as the runtime tells it.
type goroutine struct {
	number  string
	state   string
	frames  []frame // innermost first
	creator frame
}

// scheduler is the prefix of the functions that aren't the code under test:
// the scheduler, its shims and this package.
const scheduler = "github.com/weir-dev/weir/faults/schedule"

// infrastructure reports whether a function belongs to the scheduler, the
// runtime or the testing package.
func infrastructure(function string) bool {
	if rest, ok := strings.CutPrefix(function, scheduler); ok {
		return strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/sync.") || strings.HasPrefix(rest, "/atomic.") || strings.HasPrefix(rest, "/strategy.") ||
			strings.HasPrefix(rest, "/explore.(*explorer)") || strings.HasPrefix(rest, "/explore.(*bubble)") || strings.HasPrefix(rest, "/explore.(*T)")
	}
	return strings.HasPrefix(function, "runtime.") || strings.HasPrefix(function, "reflect.") || strings.HasPrefix(function, "testing.") ||
		strings.HasPrefix(function, "testing/synctest.") || strings.HasPrefix(function, "internal/synctest.")
}

// here is the innermost call of the code under test.
func (g goroutine) here() (frame, bool) {
	for _, f := range g.frames {
		if !infrastructure(f.function) {
			return f, true
		}
	}
	return frame{}, false
}

// controlled reports whether the scheduler started it, or its bubble did.
func (g goroutine) controlled() bool { return infrastructure(g.creator.function) }

// atPoint reports whether it is parked at a point.
func (g goroutine) atPoint() bool {
	return slices.ContainsFunc(g.frames, func(f frame) bool { return f.function == scheduler+".(*task).parkUntil" })
}

// String says where it waits, and where it was started.
func (g goroutine) String() string {
	at := "unknown"
	if f, ok := g.here(); ok {
		at = f.String()
	}
	return fmt.Sprintf("native goroutine (%s) at %s, started by %s", g.state, at, g.creator)
}

// goroutines lists the goroutines of the caller's bubble.
func goroutines() []goroutine {
	buf := make([]byte, 64<<10)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) || len(buf) >= maxDump {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	mine, _, _ := bytes.Cut(buf, []byte("\n"))
	_, id, ok := bytes.Cut(mine, []byte("synctest bubble "))
	if !ok {
		return nil
	}
	id = bytes.TrimRight(id, "]:")
	var all []goroutine
	for text := range strings.SplitSeq(string(buf), "\n\n") {
		if g, ok := parseGoroutine(text, string(id)); ok {
			all = append(all, g)
		}
	}
	return all
}

// parseGoroutine reads a goroutine's trace, if it belongs to the bubble.
func parseGoroutine(text, bubble string) (g goroutine, ok bool) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	head, rest, ok := strings.Cut(lines[0], " [")
	state, _, ok2 := strings.Cut(rest, "]")
	before, of, ok3 := strings.Cut(state, ", synctest bubble ")
	of, _, _ = strings.Cut(of, ",")
	if !ok || !ok2 || !ok3 || of != bubble {
		return g, false
	}
	g.number, g.state = strings.TrimPrefix(head, "goroutine "), strings.TrimSuffix(before, " (durable)")
	for i := 1; i+1 < len(lines); i += 2 {
		call := lines[i]
		where := strings.TrimSpace(lines[i+1])
		where, _, _ = strings.Cut(where, " ")
		colon := strings.LastIndexByte(where, ':')
		if colon < 0 {
			break
		}
		f := frame{file: where[:colon], line: where[colon+1:]}
		if by, ok := strings.CutPrefix(call, "created by "); ok {
			f.function, _, _ = strings.Cut(by, " in goroutine ")
			g.creator = f
			break
		}
		if open := strings.LastIndexByte(call, '('); open > 0 {
			call = call[:open]
		}
		f.function = call
		g.frames = append(g.frames, f)
	}
	return g, true
}

// nativesHere lists the native goroutines of the caller's bubble, by where
// they were started.
func nativesHere() (natives []goroutine) {
	for _, g := range goroutines() {
		if !g.controlled() {
			natives = append(natives, g)
		}
	}
	return natives
}

// census is who was seen in a schedule.
type census struct {
	natives  map[string]bool // where native goroutines were started
	packages map[string]bool // that were seen at a point; a test's with "_test"
}

// looker takes the census, at every step up to maxLooks.
type looker struct {
	census
	looks int
}

// maxLooks bounds the time that a census takes.
const maxLooks = 300

func (l *looker) look() {
	if l.looks++; l.looks > maxLooks {
		return
	}
	if l.packages == nil {
		l.census = census{natives: map[string]bool{}, packages: map[string]bool{}}
	}
	for _, g := range goroutines() {
		if !g.controlled() {
			l.natives[g.creator.String()] = true
		}
		if !g.atPoint() {
			continue
		}
		if f, ok := g.here(); ok {
			l.packages[packageOf(f)] = true
		}
	}
}

// packageOf is the import path of a call's package, with "_test" behind it when
// the call is in a test's file.
func packageOf(f frame) string {
	slash := strings.LastIndexByte(f.function, '/') + 1
	name, _, _ := strings.Cut(f.function[slash:], ".")
	// The runtime writes the dots of a path's last element as %2e.
	p := strings.ReplaceAll(f.function[:slash]+name, "%2e", ".")
	if strings.HasSuffix(f.file, "_test.go") && !strings.HasSuffix(p, "_test") {
		p += "_test"
	}
	return p
}
