package faults

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestTextOfPlans(t *testing.T) {
	for _, c := range []struct {
		text string
		plan Plan
	}{
		{"none", nil},
		{"cut remote->peer#2 down after 3 frames", Plan{{Kind: Cut, Link: "remote->peer", Nth: 2, Dir: Down, When: AfterFrames(3)}}},
		{"refuse remote->peer 2 times", Plan{{Kind: Refuse, Link: "remote->peer", Count: 2}}},
		{"half-open h1->gateway#1 up when chosen", Plan{{Kind: HalfOpen, Link: "h1->gateway", Nth: 1, Dir: Up, When: WhenChosen()}}},
		{"stall remote->peer#1 up after 512 bytes for 2s", Plan{{Kind: Stall, Link: "remote->peer", Nth: 1, Dir: Up, When: AfterBytes(512), For: 2 * time.Second}}},
		{"latency * for 150ms; delay * at 1m0s for 1s", Plan{{Kind: Latency, Link: Any, For: 150 * time.Millisecond}, {Kind: Delay, Link: Any, When: At(time.Minute), For: time.Second}}},
	} {
		if got := c.plan.String(); got != c.text {
			t.Errorf("plan prints %q, want %q", got, c.text)
		}
		got, err := Parse(c.text)
		if err != nil || !reflect.DeepEqual(got, c.plan) {
			t.Errorf("%q reads as %v, %v, want %v", c.text, got, err, c.plan)
		}
	}
}

func TestParseIsLenient(t *testing.T) {
	p, err := Parse("  stall remote->peer#1  for 2s up\tafter 1 frame ;refuse * 1 time")
	if err != nil {
		t.Fatal(err)
	}
	if want := "stall remote->peer#1 up after 1 frames for 2s; refuse * 1 times"; p.String() != want {
		t.Errorf("got %q, want %q", p, want)
	}
}

func TestParseTeaches(t *testing.T) {
	for text, want := range map[string]string{
		"cut":                                  "want at least a kind and a link",
		"slice remote->peer":                   "use one of cut, half-open",
		"cut remote":                           `write "client->server"`,
		"cut remote->":                         "empty name",
		"cut re%mote->peer":                    "use letters, digits",
		"cut remote->peer#0":                   `write "remote->peer#2"`,
		"cut remote->peer sideways":            `"sideways" is not understood`,
		"cut remote->peer after frames":        `write "after 3 frames"`,
		"cut remote->peer after 3 words":       "write frames or bytes",
		"cut remote->peer when ready":          `write "when chosen"`,
		"cut remote->peer at noon":             `write "2s"`,
		"cut remote->peer at -1s":              `write "2s"`,
		"cut remote->peer up down":             "two parts that give its direction",
		"cut * at 1s when chosen":              "two parts that give its trigger",
		"cut remote->peer for 2s":              `leave out "for 2s"`,
		"cut remote->peer 2 times":             `leave out "2 times"`,
		"delay remote->peer":                   `add "for 2s"`,
		"refuse remote->peer":                  `add "2 times"`,
		"refuse remote->peer#1 2 times":        `leave out "#1"`,
		"refuse remote->peer up 2 times":       `leave out "up"`,
		"refuse * 2 times after 3 frames":      "no link is open yet",
		"cut *;":                               "too short",
		strings.Repeat("cut *;", 64) + "cut *": "want at most 64",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%.60q) = %v, want an error with %q", text, err, want)
		}
	}
}

func TestValidateRefusesWhatTextCannotSay(t *testing.T) {
	for _, f := range []Fault{
		{},
		{Kind: Latency + 1, Link: Any},
		{Kind: Cut, Link: Any, Nth: -1},
		{Kind: Cut, Link: Any, Dir: Down + 1},
		{Kind: Stall, Link: Any, For: -1},
		{Kind: Cut, Link: Any, When: Trigger{Moment: Elapsed + 1}},
		{Kind: Cut, Link: Any, When: AfterFrames(0)},
		{Kind: Cut, Link: Any, When: At(0)},
		{Kind: Cut, Link: Any, When: Trigger{Moment: Chosen, N: 1}},
		{Kind: Cut, Link: Any, When: Trigger{Moment: Bytes, N: 1, At: 1}},
		{Kind: Cut, Link: "a->b->c"},
		{Kind: Cut, Link: "a-->b"},
		{Kind: Cut, Link: "-a->b"},
	} {
		if err := f.Validate(); err == nil {
			t.Errorf("%#v is valid, want an error", f)
		}
	}
}

type random struct{ *rand.Rand }

func (r random) Choose(n int, what string) int {
	if n < 2 {
		panic("choice among one: " + what)
	}
	return r.IntN(n)
}

func TestDrawnPlansReadBack(t *testing.T) {
	r := random{rand.New(rand.NewPCG(1, 2))}
	kinds := map[Kind]int{}
	for range 5000 {
		p := Draw(r, []string{"remote->peer", "h1->gateway", Any}, 4)
		if len(p) > 4 {
			t.Fatalf("drew %d faults, want at most 4", len(p))
		}
		for _, f := range p {
			kinds[f.Kind]++
		}
		back, err := Parse(p.String())
		if err != nil || !reflect.DeepEqual(back, p) {
			t.Fatalf("%q reads back as %v, %v", p, back, err)
		}
	}
	for _, k := range Kinds() {
		if kinds[k] == 0 {
			t.Errorf("%s was never drawn", k)
		}
	}
}

type zero struct{}

func (zero) Choose(int, string) int { return 0 }

type first struct{ asked int }

func (f *first) Choose(int, string) int {
	f.asked++
	if f.asked == 1 {
		return 1
	}
	return 0
}

func TestDrawStartsSimple(t *testing.T) {
	if p := Draw(zero{}, []string{"a->b"}, 4); len(p) != 0 {
		t.Errorf("all choices 0 drew %q, want none", p)
	}
	if p := Draw(&first{}, []string{"a->b"}, 4); p.String() != "cut a->b#1 when chosen" {
		t.Errorf("the simplest fault is %q, want a cut", p)
	}
}

func TestDrawOnlyTheGivenKinds(t *testing.T) {
	r := random{rand.New(rand.NewPCG(3, 4))}
	for range 500 {
		for _, f := range Draw(r, []string{"a->b"}, 3, Stall, Refuse) {
			if f.Kind != Stall && f.Kind != Refuse {
				t.Fatalf("drew %q, want stalls and refusals", f)
			}
		}
	}
}

func TestMatches(t *testing.T) {
	second := Fault{Kind: Cut, Link: "a->b", Nth: 2}
	for _, c := range []struct {
		f          Fault
		link       string
		generation int
		want       bool
	}{
		{second, "a->b", 2, true},
		{second, "a->b", 1, false},
		{second, "a->b", 0, true},
		{second, "a->c", 2, false},
		{Fault{Link: Any}, "a->c", 7, true},
	} {
		if got := c.f.Matches(c.link, c.generation); got != c.want {
			t.Errorf("%v matches %s#%d: %v, want %v", c.f, c.link, c.generation, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("cut remote->peer#2 down after 3 frames; refuse * 2 times at 3s; stall a->b for 2s")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		back, err := Parse(p.String())
		if err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("%q reads back as %v, %v", p, back, err)
		}
	})
}
