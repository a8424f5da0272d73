package explore

import (
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// watch waits for the schedule to end, and gives it up when nothing happens for
// the watchdog's time: then its goroutines are left as they are.
func watch(done <-chan struct{}, beat *atomic.Int64, limit time.Duration) (hung bool) {
	timer := time.NewTimer(limit / 4)
	defer timer.Stop()
	seen, quiet := beat.Load(), 0
	for {
		select {
		case <-done:
			return false
		case <-timer.C:
		}
		timer.Reset(limit / 4)
		if now := beat.Load(); now != seen {
			seen, quiet = now, 0
		} else if quiet++; quiet >= 4 {
			return true
		}
	}
}

// stuck tells what the goroutines in bubbles do, for who looks from outside: in
// stacks all of them, those that don't wait for their bubble first, and in
// culprits where these are.
func stuck() (culprits, stacks []string) {
	buf := make([]byte, maxDump)
	var waiting []string
	for text := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		head, _, _ := strings.Cut(text, "\n")
		_, rest, _ := strings.Cut(head, "synctest bubble ")
		bubble, _, _ := strings.Cut(strings.TrimRight(rest, "]:"), ",")
		g, ok := parseGoroutine(text, bubble)
		at, hasCode := g.here()
		if !ok || !hasCode {
			continue
		}
		var calls strings.Builder
		for _, f := range g.frames {
			if !infrastructure(f.function) {
				calls.WriteString("\n" + f.String())
			}
		}
		stack := "goroutine " + g.number + ", " + g.state + calls.String()
		if strings.Contains(head, "(durable)") {
			waiting = append(waiting, stack)
			continue
		}
		for _, f := range g.frames {
			if first, _, _ := strings.Cut(packageOf(f), "/"); !infrastructure(f.function) && strings.Contains(first, ".") {
				at = f // not the standard library's
				break
			}
		}
		culprits = append(culprits, at.String()+" in package "+packageOf(at))
		stacks = append(stacks, stack)
	}
	return culprits, append(stacks, waiting...)
}
