package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress shows what is being worked on: one line that changes on a
// terminal, and plain lines, a few seconds apart, elsewhere. It may be used
// concurrently.
type progress struct {
	mu  sync.Mutex
	out io.Writer
	now func() time.Time
	// width is that of the terminal; nil elsewhere.
	width func() int
	start time.Time
	// printed is when the last whole line was.
	printed time.Time
	// open is whether a line that changes is on the screen.
	open bool
	// doing is what goes on at the same time, in the order in which it began; of
	// what has no title, one thing.
	doing []doing
}

// doing is one thing that goes on.
type doing struct{ title, text string }

// mostDoing bounds what is told to go on at the same time.
const mostDoing = 3

// plainEvery is the time between plain lines.
const plainEvery = 5 * time.Second

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, now: time.Now}
	if f, ok := terminal(out); ok {
		p.width = func() int {
			w, _, err := term.GetSize(int(f.Fd()))
			if err != nil || w < 20 {
				return 80
			}
			return w
		}
	}
	p.start = p.now()
	p.printed = p.start
	return p
}

// terminal returns the terminal that is written to, if it is one that can
// change a line.
func terminal(out io.Writer) (*os.File, bool) {
	f, ok := out.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// text is a line with the time in front.
func (p *progress) text(format string, args ...any) string {
	return fmt.Sprintf("%5.1fs  ", p.now().Sub(p.start).Seconds()) + fmt.Sprintf(format, args...)
}

// step shows what is going on now.
func (p *progress) step(format string, args ...any) { p.stepOf("", format, args...) }

// stepOf shows how far the thing of that title is, beside others.
func (p *progress) stepOf(title, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := doing{title, fmt.Sprintf(format, args...)}
	if i := slices.IndexFunc(p.doing, func(d doing) bool { return d.title == title }); i >= 0 {
		p.doing[i] = now
	} else {
		p.doing = append(p.doing, now)
	}
	line := p.text("%s", p.going())
	if p.width != nil {
		// A line that wraps can't be taken back.
		if r, w := []rune(line), p.width()-1; len(r) > w {
			line = string(r[:w])
		}
		p.open = true
		fmt.Fprintf(p.out, "\r\033[K%s", line)
		return
	}
	if p.now().Sub(p.printed) >= plainEvery {
		p.printed = p.now()
		fmt.Fprintln(p.out, line)
	}
}

// going is what goes on, in one line.
func (p *progress) going() string {
	var texts []string
	for i, d := range p.doing {
		if i == mostDoing {
			texts = append(texts, fmt.Sprintf("%d more", len(p.doing)-i))
			break
		}
		texts = append(texts, d.text)
	}
	return strings.Join(texts, " | ")
}

// leave takes the thing of that title from what goes on.
func (p *progress) leave(title string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left(title)
}

// left is leave for a caller that holds the lock.
func (p *progress) left(title string) {
	p.doing = slices.DeleteFunc(p.doing, func(d doing) bool { return d.title == title })
}

// say prints a line that stays.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.left("")
	p.printed = p.now()
	fmt.Fprintln(p.out, p.text(format, args...))
}

// while shows that something without a number is going on, until stop is
// called.
func (p *progress) while(format string, args ...any) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	p.step(format, args...)
	go func() {
		defer close(ended)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.step(format, args...)
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		p.leave("")
	}
}

// end takes the line that changes from the screen.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// clear is end for a caller that holds the lock.
func (p *progress) clear() {
	if p.open {
		fmt.Fprint(p.out, "\r\033[K")
		p.open = false
	}
}

// rate is n per second since start, in a readable unit.
func rate(n int, since time.Time) string {
	return perSecond(float64(n) / max(time.Since(since).Seconds(), 0.001))
}

// perSecond writes a rate in a readable unit.
func perSecond(r float64) string {
	switch {
	case r >= 1e6:
		return fmt.Sprintf("%.1f M", r/1e6)
	case r >= 1e3:
		return fmt.Sprintf("%.1f k", r/1e3)
	}
	return fmt.Sprintf("%.0f", r)
}

// hasColors tells whether colors may be written; NO_COLOR is the usual way to
// say no (no-color.org).
func hasColors(out io.Writer) bool {
	_, ok := terminal(out)
	return ok && os.Getenv("NO_COLOR") == ""
}

// colors are those of the words that a reader looks for.
var colors = map[string]string{"violated": "\033[31m", "broken": "\033[31m", "not caught": "\033[31m", "undecided": "\033[33m",
	"not run": "\033[33m", "held": "\033[32m", "caught": "\033[32m", "unchecked": "\033[2m"}

// paint colors a text by the word that it stands for.
func (p printer) paint(word, text string) string {
	if c := colors[word]; p.colors && c != "" {
		return c + text + "\033[0m"
	}
	return text
}
