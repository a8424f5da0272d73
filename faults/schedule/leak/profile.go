package leak

import (
	"bytes"
	"fmt"
	"path"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
)

// call is one call of a stack.
type call struct {
	function string
	file     string
	line     string
}

// String is the call without its paths.
func (c call) String() string {
	if c.function == "" {
		return "code that is unknown"
	}
	return fmt.Sprintf("%s %s:%s", path.Base(c.function), path.Base(c.file), c.line)
}

// labelled are the stacks of the goroutines with that label, innermost call
// first, one for each goroutine, in a fixed order. It reads the profile as text,
// the one public form with labels besides the compressed one.
func labelled(id string, allow []string) (stacks [][]call) {
	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		panic(err) // a buffer takes everything
	}
	mark := fmt.Sprintf("%q:%q", label, id)
	for record := range strings.SplitSeq(text.String(), "\n\n") {
		n, labels, stack := parseRecord(record)
		if strings.Contains(labels, mark) && !mentions(stack, allow) {
			for range n {
				stacks = append(stacks, stack)
			}
		}
	}
	return stacks
}

// parseRecord reads a record of the profile:
//
//	2 @ 0x483a6e 0x530bd9
//	# labels: {"key":"value"}
//	#	0x530bd8	main.f+0x18	/a/b.go:8
func parseRecord(record string) (n int, labels string, stack []call) {
	for line := range strings.Lines(record) {
		if number, _, ok := strings.Cut(line, " @ "); ok && !strings.HasPrefix(line, "#") {
			n, _ = strconv.Atoi(number)
			continue
		}
		if text, ok := strings.CutPrefix(line, "# labels: "); ok {
			labels = text
			continue
		}
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) < 4 {
			continue
		}
		function, at := fields[2], fields[len(fields)-1]
		plus, colon := strings.LastIndexByte(function, '+'), strings.LastIndexByte(at, ':')
		if plus < 0 || colon < 0 {
			continue
		}
		if c := (call{function[:plus], at[:colon], at[colon+1:]}); !internal(c.function) {
			stack = append(stack, c)
		}
	}
	return n, labels, stack
}

// internal reports whether a function is the runtime's: the two texts differ
// in which of these they show.
func internal(function string) bool { return strings.HasPrefix(function, "runtime.") }

func mentions(stack []call, names []string) bool {
	return slices.ContainsFunc(stack, func(c call) bool { return slices.Contains(names, c.function) })
}

// goroutine is one goroutine of the process.
type goroutine struct {
	number  string
	state   string
	stack   []call
	creator call
	parent  string // the number of who started it
	labels  string // empty unless GODEBUG has tracebacklabels=1
}

// maxDump bounds the text of all stacks.
const maxDump = 64 << 20

// dump lists the goroutines of the process.
func dump() (all []goroutine) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	for n == len(buf) && n < maxDump {
		buf = make([]byte, 2*n)
		n = runtime.Stack(buf, true)
	}
	for text := range strings.SplitSeq(string(buf[:n]), "\n\n") {
		all = append(all, parseGoroutine(text))
	}
	return all
}

func parseGoroutine(text string) (g goroutine) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	head, state, _ := strings.Cut(lines[0], " [")
	g.number = strings.TrimPrefix(head, "goroutine ")
	g.state, g.labels, _ = strings.Cut(strings.TrimSuffix(state, "]:"), " labels:")
	for i := 1; i+1 < len(lines); i += 2 {
		at, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " +")
		colon := strings.LastIndexByte(at, ':')
		if colon < 0 {
			break
		}
		c := call{file: at[:colon], line: at[colon+1:]}
		if by, ok := strings.CutPrefix(lines[i], "created by "); ok {
			c.function, g.parent, _ = strings.Cut(by, " in goroutine ")
			g.creator = c
			break
		}
		c.function = lines[i]
		if open := strings.LastIndexByte(c.function, '('); open > 0 {
			c.function = c.function[:open]
		}
		if !internal(c.function) {
			g.stack = append(g.stack, c)
		}
	}
	return g
}

// sameStack reports whether the goroutine may be one with that stack. The two
// texts write the names of generic functions in two ways, so that lines decide.
func (g goroutine) sameStack(stack []call) bool {
	return slices.EqualFunc(g.stack, stack, func(a, b call) bool { return a.file == b.file && a.line == b.line })
}
