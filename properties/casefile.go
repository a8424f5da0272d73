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

	"github.com/weir-dev/weir/faults/schedule/replay"
	"github.com/weir-dev/weir/protocol"
)

// errCase is returned, wrapped with what is wrong, when a file holds no case.
var errCase = errors.New("not a case file")

// Facts of a case in its file.
const (
	factSuite   = "suite"
	factNetwork = "network"
	factSeed    = "seed"
)

// writeCase saves a failing case in the format of package replay: what the case
// is about as facts, the choices, the constraints that survive an edit, and the
// story as comments.
func writeCase(path, suite string, seed uint64, f *Failure) error {
	saved := replay.Failure{Choices: f.Choices}
	if f.Saved != nil {
		saved = *f.Saved
	}
	saved.Verdict, saved.Law = "violated", f.Law
	saved.Facts = []replay.Fact{{Name: factSuite, Value: suite}, {Name: factNetwork, Value: string(f.Network)}, {Name: factSeed, Value: strconv.FormatUint(seed, 10)}}
	if f.Loose != "" {
		saved.Facts = append(saved.Facts, replay.Fact{Name: replay.ChoicesOnly, Value: f.Loose})
	}
	saved.Notes = append([]string{"observed " + f.Observed, "world " + f.World, "load " + f.Load, "plan " + f.Plan}, saved.Notes...)
	var b strings.Builder
	b.WriteString(saved.String())
	for _, line := range f.Story {
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
	saved, err := replay.Parse(string(b))
	if err != nil {
		return bad("%v", err)
	}
	suite = saved.Fact(factSuite)
	if suite == "" || saved.Law == "" || saved.Fact(factNetwork) == "" {
		return bad("suite, law or network is missing")
	}
	if _, ok := protocol.LawBySlug(saved.Law); !ok {
		return bad("law %q is not in the catalogue", saved.Law)
	}
	if !strings.HasPrefix(saved.Law, suite+"/") {
		return bad("law %s is not one of %q", saved.Law, suite)
	}
	n, err := parseNetwork(saved.Fact(factNetwork))
	if err != nil {
		return bad("%v", err)
	}
	return suite, job{Network: n, Law: saved.Law, Replay: saved}, nil
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
			t.Logf("%s holds in this case: %s", l.Slug, r.tally.Replayed)
		}
	})
}

// replay runs one case in a child.
func (p *parent) replay(j job) result {
	j.Test, j.Budget, j.Stuck = p.t.Name(), time.Minute, p.set.stuck
	r, crash, last := p.child(0, j)
	if crash != "" {
		r.failure = crashFailure(p.suite.protocol, j.Network, crash, last.list)
		r.failure.Repeats, r.failure.Replayed = true, "the process ended"
	}
	return r
}
