package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestPlainProgress(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(&out)
	p.now, p.start, p.printed = func() time.Time { return now }, now, now
	p.say("begin")
	for i := range 120 { // twelve seconds
		p.step("step %d", i)
		now = now.Add(100 * time.Millisecond)
	}
	p.say("done")
	p.end()
	want := "  0.0s  begin\n  5.0s  step 50\n 10.0s  step 100\n 12.0s  done\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestTerminalProgress(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(&out)
	p.now, p.start = func() time.Time { return now }, now
	p.width = func() int { return 21 }
	p.step("%s", strings.Repeat("ü", 40))
	p.say("done")
	p.step("more")
	p.end()
	p.end()
	want := "\r\033[K  0.0s  üüüüüüüüüüüü" + "\r\033[K" + "  0.0s  done\n" + "\r\033[K  0.0s  more" + "\r\033[K"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestProgressOfSeveral(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(&out)
	p.now, p.start, p.printed = func() time.Time { return now }, now, now
	show := func() {
		now = now.Add(plainEvery)
		p.stepOf("b", "b %s", "goes")
	}
	p.stepOf("a", "a goes")
	show()
	p.step("something")
	show()
	p.stepOf("c", "c goes")
	show()
	p.leave("a")
	p.say("something is done")
	show()
	want := "  5.0s  a goes | b goes\n 10.0s  a goes | b goes | something\n 15.0s  a goes | b goes | something | 1 more\n" +
		" 15.0s  something is done\n 20.0s  b goes | c goes\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestWhile(t *testing.T) {
	noLeaks(t)
	var out bytes.Buffer
	p := newProgress(&out)
	p.width = func() int { return 80 }
	p.while("building %s", "it")()
	if !strings.Contains(out.String(), "building it") {
		t.Errorf("got %q, want what goes on", out.String())
	}
}

func TestPerSecond(t *testing.T) {
	for r, want := range map[float64]string{0: "0", 12.4: "12", 999: "999", 1500: "1.5 k", 2_250_000: "2.2 M"} {
		if got := perSecond(r); got != want {
			t.Errorf("%v per second: got %q, want %q", r, got, want)
		}
	}
}
