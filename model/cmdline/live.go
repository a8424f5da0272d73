package cmdline

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/weir-dev/weir/model"
)

// live shows how far a search has come: one line that changes on a terminal, and
// plain lines, a few seconds apart, elsewhere.
type live struct {
	out io.Writer
	// width is that of a line that changes; 0: lines are plain.
	width int
	// printed is when in the search the last plain line was.
	printed time.Duration
	// open is whether a line that changes is on the screen.
	open bool
}

// plainEvery is the time between plain lines.
const plainEvery = 5 * time.Second

func newLive(out io.Writer) *live {
	l := &live{out: out}
	if !isTerminal(out) {
		return l
	}
	// A line that wraps can't be taken back, and the standard library does not
	// tell how wide a terminal is.
	l.width = 79
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 20 {
		l.width = n - 1
	}
	return l
}

// isTerminal tells whether a line can be changed on what is written to.
func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show is called by the checker.
func (l *live) show(p model.Progress) {
	if l.width == 0 {
		if p.Elapsed-l.printed >= plainEvery {
			l.printed = p.Elapsed
			fmt.Fprintln(l.out, progressLine(p))
		}
		return
	}
	line := []rune(progressLine(p))
	if len(line) > l.width {
		line = line[:l.width]
	}
	l.open = true
	fmt.Fprintf(l.out, "\r\033[K%s", string(line))
}

// end takes the line that changes from the screen.
func (l *live) end() {
	if l.open {
		fmt.Fprint(l.out, "\r\033[K")
		l.open = false
	}
}

// progressLine tells how far a search has come, the most telling numbers first.
func progressLine(p model.Progress) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%5.1fs  ", p.Elapsed.Seconds())
	if p.Graph {
		b.WriteString("graph for whole runs: ")
	}
	fmt.Fprintf(&b, "%s states, %s/s, level %d of %s", grouped(p.States), rate(p.States, p.Elapsed), p.Depth, grouped(p.Frontier))
	// The first levels tell too little of the others.
	if p.Left > 0 && p.Elapsed > time.Second {
		fmt.Fprintf(&b, ", %s left", about(p.Left))
	}
	fmt.Fprintf(&b, ", %s", bytesText(p.Bytes))
	return b.String()
}

// about writes an estimate without the digits that it does not have.
func about(d time.Duration) string {
	switch {
	case d < time.Second:
		return "<1 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("~%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("~%.0f min", d.Minutes())
	}
	return fmt.Sprintf("~%.0f h", d.Hours())
}

// rate is n a second, in a readable unit.
func rate(n int, d time.Duration) string {
	switch r := float64(n) / max(d.Seconds(), 0.001); {
	case r >= 1e6:
		return fmt.Sprintf("%.1f M", r/1e6)
	case r >= 1e3:
		return fmt.Sprintf("%.0f k", r/1e3)
	default:
		return fmt.Sprintf("%.0f", r)
	}
}

// bytesText writes an amount of memory.
func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.2f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KiB", (n+1023)/1024)
}

// grouped writes a number in groups of three digits.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
