package cmdline

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/model"
)

type nested struct {
	On    bool
	Parts [2]struct{ A, b uint8 }
}

func TestChanges(t *testing.T) {
	from, to := nested{}, nested{On: true}
	to.Parts[1].A, to.Parts[1].b = 3, 4
	plain := &model.Spec[nested]{}
	if got, want := strings.Join(changes(plain, &from, &to), "|"), "On false -> true|Parts[1].A 0 -> 3|Parts[1].b 0 -> 4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := changes(plain, &to, &to); len(got) != 1 || got[0] != "nothing changes" {
		t.Errorf("got %q", got)
	}
	number := &model.Spec[uint32]{}
	a, b := uint32(1), uint32(2)
	if got := changes(number, &a, &b); len(got) != 1 || got[0] != "1 -> 2" {
		t.Errorf("got %q", got)
	}
	for _, c := range []struct{ from, to, want string }{
		{"h1 0; h2 0", "h1 1 paused; h2 0", "  h1 0 -> 1 paused"},
		{"buffer m1\npeer idle", "peer idle\nflight m1", "+ flight m1|- buffer m1"},
		{"nothing", "h1 up; h1 full", "+ h1 up|+ h1 full|- nothing"},
		{"h1 up; h1 full", "h1 down; h1 full", "  h1 up -> down"},
		{"same", "same", "what changes is not printed"},
	} {
		texts := map[uint32]string{1: c.from, 2: c.to}
		number.Format = func(s *uint32) string { return texts[*s] }
		if got := strings.Join(changes(number, &a, &b), "|"); got != c.want {
			t.Errorf("%q to %q: got %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

func TestProgress(t *testing.T) {
	p := model.Progress{States: 1_234_567, Depth: 12, Frontier: 45_678, Bytes: 3 << 29, Elapsed: 2 * time.Second, Left: 90 * time.Second}
	const want = "  2.0s  1,234,567 states, 617 k/s, level 12 of 45,678, ~90 s left, 1.50 GiB"
	if got := progressLine(p); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.Graph, p.Left, p.Bytes = true, 0, 5<<20
	if got := progressLine(p); !strings.Contains(got, "graph for whole runs: ") || strings.Contains(got, "left") || !strings.Contains(got, "5 MiB") {
		t.Errorf("got %q", got)
	}
	var out bytes.Buffer
	l := newLive(&out)
	for i := range 12 {
		p.Elapsed = time.Duration(i) * time.Second
		l.show(p)
	}
	l.end()
	if got := strings.Count(out.String(), "\n"); got != 2 || strings.Contains(out.String(), "\r") {
		t.Errorf("12 s, not on a terminal: got %q, want 2 plain lines", out.String())
	}
	out.Reset()
	l = &live{out: &out, width: 30}
	l.show(p)
	l.show(p)
	l.end()
	for _, line := range strings.Split(out.String(), "\r\033[K") {
		if n := len([]rune(line)); n > 30 {
			t.Errorf("on a terminal of 30 columns: got a line of %d: %q", n, line)
		}
	}
	if strings.Count(out.String(), "\r\033[K") != 3 || strings.Contains(out.String(), "\n") {
		t.Errorf("on a terminal: got %q", out.String())
	}
}

func TestNumbers(t *testing.T) {
	for want, got := range map[string]string{
		"<1 s": about(time.Millisecond), "~119 s": about(119 * time.Second), "~3 min": about(3 * time.Minute), "~50 h": about(50 * time.Hour),
		"1.5 M": rate(3_000_000, 2*time.Second), "12": rate(12, time.Second), "5 k": rate(5, 0),
		"1,234,567": grouped(1_234_567), "123": grouped(123), "1,000": grouped(1000),
		"1 step": plural(1, "step"), "0 steps": plural(0, "step"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
