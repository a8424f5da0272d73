package properties

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/weir-dev/weir/faults"
)

// outcome is what one case came to.
type outcome struct {
	// world, load and plan describe the case, each in one line.
	world, load string
	plan        faults.Plan
	records     []Record
	found       *findings
	// steps counts the choices of the schedule, points those at woven points,
	// messages the payloads that were handed over, fired the faults that took
	// effect.
	steps, points, messages, fired int
	// undecided says why the case could not be judged to its end; empty if it
	// was.
	undecided string
	// parked tells where the goroutines were when the case came to a stop.
	parked []string
	// picture draws a history that is not linearizable, as an HTML page; nil for
	// the others.
	picture func() ([]byte, error)
	// list is what was chosen.
	list []uint32
}

// violation returns the first violation, of law if that is not empty.
func (o *outcome) violation(law string) (Violation, bool) {
	if len(o.found.violations) == 0 {
		return Violation{}, false // as most are
	}
	for _, v := range o.found.sorted() {
		if law == "" || v.Law == law {
			return v, true
		}
	}
	return Violation{}, false
}

// inBubble runs f as the root of a bubble. A panic of f is thrown again
// outside, after the bubble was emptied, so that rapid sees its own panics.
// The result tells what was left in a bubble that did not empty.
func inBubble(t *testing.T, f func()) (left string) {
	var thrown any
	done := make(chan struct{})
	// A bubble that cannot be emptied makes synctest.Test panic, and a failed
	// test makes it end the goroutine that it runs on: neither may be ours.
	go func() {
		defer close(done)
		defer func() {
			if e := recover(); e != nil {
				left = fmt.Sprint(e)
			}
		}()
		synctest.Test(t, func(*testing.T) {
			defer func() { thrown = recover() }()
			f()
		})
	}()
	<-done
	if thrown != nil {
		panic(thrown)
	}
	return left
}

// leftovers names the goroutines of the caller's bubble besides the caller,
// each by the function that started it. It looks only if there are more
// goroutines than base.
func leftovers(base int) []string {
	synctest.Wait()
	if runtime.NumGoroutine() <= base {
		return nil
	}
	buf := make([]byte, 1<<20)
	stacks := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
	mine := bubbleOf(stacks[0])
	var out []string
	for _, s := range stacks[1:] {
		// What runs the bubble as a whole is no part of what is tested.
		if mine != "" && bubbleOf(s) == mine && !strings.Contains(s, "internal/synctest.Run(") && !strings.Contains(s, "testing/synctest.Test.func1(") {
			out = append(out, startedBy(s))
		}
	}
	return out
}

// bubbleOf returns the bubble in the first line of a stack, as in
// "synctest bubble 7"; empty if there is none.
func bubbleOf(stack string) string {
	line, _, _ := strings.Cut(stack, "\n")
	i := strings.Index(line, "synctest bubble ")
	if i < 0 {
		return ""
	}
	return strings.TrimRight(line[i:], "]:")
}

// startedBy returns the function on the bottom of a stack without addresses.
func startedBy(stack string) string {
	lines := strings.Split(strings.TrimSpace(stack), "\n")
	for i := len(lines) - 1; i > 0; i-- {
		if strings.HasPrefix(lines[i], "\t") || strings.HasPrefix(lines[i], "created by") {
			continue
		}
		name, _, _ := strings.Cut(lines[i], "(0x")
		return strings.TrimSuffix(name, "(...)")
	}
	return "unknown"
}

// leakLooks is how often goroutines that may be on their way out are looked at
// in real time, each time for the half second that goleak waits.
var leakLooks = 10

// leftBehind names the goroutines that were started since known was taken and
// have not ended, outside a bubble.
func leftBehind(known goleak.Option) []string {
	var err error
	for range leakLooks {
		if err = goleak.Find(known); err == nil {
			return nil
		}
	}
	var out []string
	for _, found := range onTop.FindAllStringSubmatch(err.Error(), -1) {
		out = append(out, found[1])
	}
	return out
}

// onTop finds what goleak tells without the numbers of the goroutines.
var onTop = regexp.MustCompile(`with (\S+) on top of the stack`)
