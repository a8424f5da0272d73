package properties

import (
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule/reduce"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

// lastCase is the case that ended a child.
type lastCase struct {
	number int // from 1
	by     string
	list   []uint32
}

// Who drew a case, in the file that it is written to ahead of what it does.
const (
	byRapid byte = iota
	byPortfolio
)

// portfolioName stands for the strategies together: which of them it was died
// with the process.
const portfolioName = "portfolio"

// readAhead reads the case that ended a child; it is zero if the child ended
// before it could choose.
func readAhead(path string) (c lastCase) {
	b, err := os.ReadFile(path)
	if err != nil || len(b) < 5 {
		return c
	}
	c.number, c.by = int(binary.LittleEndian.Uint32(b)), rapidName
	if b[4] == byPortfolio {
		c.by = portfolioName
	}
	for b = b[5:]; len(b) >= 2; b = b[2:] {
		c.list = append(c.list, uint32(binary.LittleEndian.Uint16(b)))
	}
	return c
}

// crashTries and crashTime bound the reduction of a crash: every try is a
// process.
const (
	crashTries = 80
	crashTime  = 20 * time.Second
)

// reduceCrash makes the case of a crash smaller by replaying it in children.
func (p *parent) reduceCrash(worker int, n Network, list []uint32, crash string) *Failure {
	deadline, tries := time.Now().Add(crashTime), 0
	list = reduce.List(list, func(shorter []uint32) ([]uint32, bool) {
		if tries++; tries > crashTries || time.Now().After(deadline) {
			return nil, false
		}
		_, again, _ := p.child(worker, job{Test: p.t.Name(), Network: n, Replay: &replay.Failure{Choices: shorter}, Budget: time.Minute, Stuck: p.set.stuck})
		return trim(shorter), again == crash
	})
	_, again, _ := p.child(worker, job{Test: p.t.Name(), Network: n, Replay: &replay.Failure{Choices: list}, Budget: time.Minute, Stuck: p.set.stuck})
	f := crashFailure(p.suite.protocol, n, crash, list)
	f.Repeats = again == crash
	return f
}

// crashFailure is the failure of a case that ended its process.
func crashFailure(suite string, n Network, crash string, list []uint32) *Failure {
	return &Failure{Law: suite + "/no-crash", Network: n, Observed: crash, Allowed: "no panic, no fatal error, no race", Choices: list,
		Loose: "the process died, and each run that looks for constraints would be a process"}
}

// crashSigns begin the line in which the runtime tells of a crash.
var crashSigns = []string{"panic: ", "fatal error: ", "WARNING: DATA RACE"}

// crashLine says in one line what a child crashed with, without addresses;
// empty if it was ended from outside, or by the test framework, which says
// nothing about what is tested.
func crashLine(out string, err error) string {
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "panic: test timed out") {
			return ""
		}
		if slices.ContainsFunc(crashSigns, func(sign string) bool { return strings.HasPrefix(line, sign) }) {
			return strings.TrimSuffix(line, " [recovered]") + crashPlace(out, line)
		}
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !exit.Exited() || strings.Contains(out, "--- FAIL") {
		return ""
	}
	return "the process ended: " + err.Error()
}

// crashPlace names the first function on the stack that is not the runtime's.
func crashPlace(out, line string) string {
	_, rest, _ := strings.Cut(out, line)
	for l := range strings.Lines(rest) {
		l = strings.TrimSpace(l)
		name, _, ok := strings.Cut(l, "(")
		if !ok || strings.ContainsAny(name, " \t:") || !strings.Contains(name, ".") || strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "panic") {
			continue
		}
		if i := strings.Index(l, "(*"); i > 0 && i == len(name) {
			if method, _, ok := strings.Cut(l[i+2:], "("); ok {
				name += "(*" + method
			}
		}
		return " in " + name
	}
	return ""
}

// panicPlace names the function that a stack, taken while it panics, tells to
// have panicked.
func panicPlace(stack []byte) string { return crashPlace(string(stack), "panic(") }
