package properties

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// caseHeader begins a file that holds a case.
const caseHeader = "weir case 1"

// errCase is returned, wrapped with what is wrong, when a file holds no case.
var errCase = errors.New("not a case file")

// writeCase saves a failing case as a small text file: what it is about, the
// list of choices that it is drawn from, and the story as comments.
func writeCase(path, suite string, seed uint64, f *Failure) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nsuite %s\nnetwork %s\nlaw %s\nseed %d\nchoices", caseHeader, suite, f.Network, f.Law, seed)
	for _, c := range f.Choices {
		fmt.Fprintf(&b, " %d", c)
	}
	b.WriteString("\n")
	for _, line := range append([]string{"observed " + f.Observed, "world " + f.World, "load " + f.Load, "plan " + f.Plan}, f.Story...) {
		fmt.Fprintf(&b, "# %s\n", strings.ReplaceAll(line, "\n", "\n# "))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(b.String()), 0o666)
}

// readCase reads what writeCase wrote.
func readCase(path string) (suite string, j job, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", job{}, err
	}
	bad := func(format string, args ...any) (string, job, error) {
		return "", job{}, fmt.Errorf("%s is %w: %s", path, errCase, fmt.Sprintf(format, args...))
	}
	lines := strings.Split(string(b), "\n")
	if lines[0] != caseHeader {
		return bad("it begins with %q, want %q", lines[0], caseHeader)
	}
	j.Replay = true
	for i, line := range lines[1:] {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "", "#":
		case "suite":
			suite = value
		case "law":
			j.Law = value
			if _, ok := protocol.LawBySlug(value); !ok {
				return bad("line %d: law %q is not in the catalogue", i+2, value)
			}
		case "network":
			if j.Network, err = parseNetwork(value); err != nil {
				return bad("line %d: %v", i+2, err)
			}
		case "seed":
		case "choices":
			for _, w := range strings.Fields(value) {
				c, err := strconv.ParseUint(w, 10, 32)
				if err != nil {
					return bad("line %d: choice %q is not a number", i+2, w)
				}
				j.Choices = append(j.Choices, uint32(c))
			}
		default:
			return bad("line %d begins with %q", i+2, key)
		}
	}
	if suite == "" || j.Law == "" || j.Network == "" {
		return bad("suite, law or network is missing")
	}
	if !strings.HasPrefix(j.Law, suite+"/") {
		return bad("law %s is not one of %q", j.Law, suite)
	}
	return suite, j, nil
}

// CaseOf tells which suite, "remote" or "gateway", and which network a saved
// case belongs to. The error says what is wrong with the file.
func CaseOf(path string) (suite string, network Network, err error) {
	suite, j, err := readCase(path)
	return suite, j.Network, err
}

// replayFile runs the case of a file and reports its law.
func replayFile(t *testing.T, s suite, set settings) {
	suite, j, err := readCase(set.replay)
	if err != nil {
		t.Fatal(err)
	}
	if suite != s.protocol {
		t.Skipf("the case is one of the %s suite", suite)
	}
	p := newParent(t, s, set)
	r := p.replay(j)
	if r.failure != nil {
		r.failure.File, r.failure.Command = set.replay, set.commandFor(set.replay)
	}
	p.publish(r)
	l, _ := protocol.LawBySlug(j.Law)
	t.Run(l.Name(), func(t *testing.T) {
		switch {
		case r.failure != nil:
			t.Error(r.failure.Block())
		case r.undecided != "":
			t.Errorf("undecided: %s", r.undecided)
		default:
			t.Logf("%s holds in this case", l.Slug)
		}
	})
}

// replay runs one case in a child.
func (p *parent) replay(j job) result {
	j.Test, j.Budget, j.Stuck, j.Replay = p.t.Name(), time.Minute, p.set.stuck, true
	r, crash, _, _ := p.child(0, j)
	if crash != "" {
		r.failure = crashFailure(p.suite.protocol, j.Network, crash, j.Choices)
		r.failure.Repeats = true
	}
	return r
}
