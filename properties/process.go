package properties

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// tooLong bounds a child in real time beyond its budget: shrinking and
// reducing, and one case that is stuck.
const tooLong = 3 * time.Minute

// child starts a process for j and follows its notes. crash is how the
// process ended when it left no verdict, and last its last case then.
func (p *parent) child(worker int, j job) (r result, crash string, last lastCase) {
	r = result{network: j.Network, tally: newTally()}
	dir := p.t.TempDir()
	j.Report, j.Ahead = filepath.Join(dir, "report"), filepath.Join(dir, "ahead")
	path := filepath.Join(dir, "job")
	b, err := json.Marshal(j)
	if err != nil {
		panic(err) // a job always marshals
	}
	if err := os.WriteFile(path, b, 0o666); err != nil {
		r.undecided = err.Error()
		return r, "", last
	}
	var out tail
	cmd := exec.Command(os.Args[0], "-test.run=^"+strings.ReplaceAll(regexp.QuoteMeta(p.t.Name()), "/", "$/^")+"$", "-test.count=1", fmt.Sprintf("-test.timeout=%v", j.Budget+tooLong))
	cmd.Env = append(os.Environ(), jobVariable+"="+path, "GORACE=halt_on_error=1 exitcode=66 atexit_sleep_ms=50")
	// What a child leaves behind when it crashes goes with this directory.
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		cmd.Env = append(cmd.Env, name+"="+dir)
	}
	if j.Network == Simulated {
		cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
	}
	cmd.Stdout, cmd.Stderr = &out, &out
	// The child ends when its standard input does: with this process at the
	// latest, however that ends.
	hold, err := cmd.StdinPipe()
	if err == nil {
		defer hold.Close()
		err = cmd.Start()
	}
	if err != nil {
		r.undecided = "child process did not start: " + err.Error()
		return r, "", last
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err = <-ended:
			final := p.notes(worker, j.Report, &r)
			if crash = r.conclude(final, out.String(), err); crash != "" {
				last = readAhead(j.Ahead)
			}
			return r, crash, last
		case <-time.After(250 * time.Millisecond):
			p.notes(worker, j.Report, &r)
		}
	}
}

// conclude takes how a child ended, after its last note: final tells whether
// that was a verdict. It returns what the process crashed with, if it did.
func (r *result) conclude(final bool, out string, err error) (crash string) {
	switch {
	case err == nil && !final:
		r.undecided = "the child process ended without a verdict: " + out
	case err == nil, r.failure != nil:
	case r.undecided != "":
		// Whoever failed the test or ended the process has said why.
		r.undecided += "\n" + strings.TrimSpace(out)
	default:
		// A verdict that was given before the process crashed counts for nothing.
		if crash = crashLine(out, err); crash == "" {
			r.undecided = fmt.Sprintf("the child process ended without a verdict (%v): %s", err, out)
		}
	}
	return crash
}

// notes reads what a child reported so far and tells whether it came to an
// end.
func (p *parent) notes(worker int, path string, r *result) (final bool) {
	b, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var n Note
		if json.Unmarshal(lines.Bytes(), &n) != nil {
			continue // a line that is being written
		}
		switch {
		case n.Progress != nil:
			r.tally = n.Progress
		case n.Held != nil:
			r.tally, final = n.Held, true
		case n.Failure != nil:
			r.failure, final = n.Failure, true
		case n.Undecided != "":
			r.undecided, final = n.Undecided, true
		}
	}
	p.progress(worker, r.tally)
	return final
}

// tail keeps the beginning and the end of what a child prints.
type tail struct {
	mu   sync.Mutex
	head []byte
	end  []byte
}

// tailBytes bounds each part.
const tailBytes = 64 << 10

// Write keeps b as far as there is room.
func (w *tail) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(b), tailBytes-len(w.head))
	w.head = append(w.head, b[:n]...)
	w.end = append(w.end, b[n:]...)
	if len(w.end) > tailBytes {
		w.end = append(w.end[:0], w.end[len(w.end)-tailBytes:]...)
	}
	return len(b), nil
}

// String returns what was kept.
func (w *tail) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.head) + string(w.end)
}
