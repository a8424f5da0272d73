package leak

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// movable reports whether one with those stacks could go on by itself, however
// slowly, or can't be found.
func movable(stacks [][]call, all []goroutine) bool {
	return slices.ContainsFunc(stacks, func(stack []call) bool {
		found := false
		for _, g := range all {
			if !g.sameStack(stack) {
				continue
			}
			found = true
			state, _, _ := strings.Cut(g.state, ",")
			switch strings.TrimSuffix(state, " (scan)") {
			case "running", "runnable", "sleep", "syscall", "preempted", "copystack":
				return true
			}
		}
		return !found
	})
}

// describe tells each goroutine that is left: what it waits in and where, and
// who started it. Where others have goroutines with the same stack, nothing
// tells them apart unless GODEBUG has tracebacklabels=1, and all that it may be
// are told.
func describe(id string, stacks [][]call, all []goroutine) (lines []string) {
	for len(stacks) > 0 {
		stack, n := stacks[0], len(stacks)
		stacks = slices.DeleteFunc(slices.Clone(stacks), func(s []call) bool { return slices.Equal(s, stack) })
		n -= len(stacks)
		var alike []goroutine
		for _, g := range all {
			if g.sameStack(stack) && (g.labels == "" || strings.Contains(g.labels, strconv.Quote(id))) {
				alike = append(alike, g)
			}
		}
		if len(alike) != n {
			lines = append(lines, fmt.Sprintf("  %s in %s: of %d like that, in the process", count(n), top(stack), len(alike)))
		}
		for _, g := range alike {
			lines = append(lines, fmt.Sprintf("  goroutine %s [%s] in %s\n    started at %s", g.number, g.state, top(stack), ancestors(g, all)))
		}
	}
	return lines
}

// top is the innermost call outside of the standard library.
func top(stack []call) call {
	for _, c := range stack {
		if standard == "" || !strings.HasPrefix(c.file, standard) {
			return c
		}
	}
	if len(stack) > 0 {
		return stack[0]
	}
	return call{}
}

// standard is where the files of the standard library are; empty if the paths
// were trimmed.
var standard = func() string {
	file, _ := runtime.FuncForPC(reflect.ValueOf(strings.Cut).Pointer()).FileLine(0)
	dir, _ := strings.CutSuffix(file, "strings/strings.go")
	return dir
}()

// maxAncestors bounds the ancestors that are told.
const maxAncestors = 5

// ancestors is where g was started, and by whom as long as those live.
func ancestors(g goroutine, all []goroutine) string {
	text := g.creator.String()
	for range maxAncestors {
		i := slices.IndexFunc(all, func(p goroutine) bool { return p.number == g.parent })
		if g.parent == "" {
			return text
		}
		if i < 0 {
			return text + " by goroutine " + g.parent + ", which has ended"
		}
		g = all[i]
		if strings.HasPrefix(g.creator.function, "testing.") || g.creator.function == "" {
			return text + " by the test"
		}
		text += fmt.Sprintf(" by goroutine %s, which was started at %s", g.number, g.creator)
	}
	return text
}
