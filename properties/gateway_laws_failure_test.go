package properties

import (
	"slices"
	"testing"
	"time"
)

// TestGatewayFailures feeds errors that have their causes.
func TestGatewayFailures(t *testing.T) {
	waits := func(b *GatewayBounds) { b.MaxWait = 5 * time.Second }
	gone := func(b *GatewayBounds) { b.GivesUp = map[int]time.Duration{1: time.Second} }
	for _, c := range []gatewayHistory{
		{name: "full when it was called", bounds: func(b *GatewayBounds) { b.Waiting = 1 }, text: `
			enqueue seq=1
			do 2
			done seq=1 outcome=failed reason=cancel
			failed 2 queue of waiting requests is full`},
		{name: "full for a moment", bounds: func(b *GatewayBounds) { b.Waiting = 1 }, text: `
			do 2
			enqueue seq=1
			done seq=1 outcome=failed reason=cancel
			failed 2 queue of waiting requests is full`},
		{name: "two waits together", bounds: waits, text: lone + `
			do 1
			enqueue seq=1 digest=$m1
			@3s reserve seq=1 attempt=1 host=h1 epoch=1
			@9s drain host=h1 epoch=1
			release seq=1 attempt=1 host=h1 epoch=1 reason=drain
			@11s done seq=1 outcome=failed reason=no-host
			failed 1 no host was eligible`},
		{name: "its ctx was done", bounds: gone, text: `
			@1s do 1
			@2s failed 1 context deadline exceeded`},
		{name: "lost, and may not be repeated", text: lone + `
			do 9
			enqueue seq=1 digest=$m9
			reserve seq=1 attempt=1 host=h1 epoch=1
			sent seq=1 attempt=1 host=h1 epoch=1
			release seq=1 attempt=1 host=h1 epoch=1 reason=detach
			detach host=h1 epoch=1
			done seq=1 outcome=failed reason=host-lost
			failed 9 host was lost`},
		{name: "nothing is known", bounds: func(b *GatewayBounds) { *b = GatewayBounds{} }, text: `
			do 1
			failed 1 no host was eligible
			do 2
			failed 2 context canceled
			do 3
			failed 3 queue of waiting requests is full
			do 4
			failed 4 handler failed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := gatewayTestBounds()
			if c.bounds != nil {
				c.bounds(&b)
			}
			for _, v := range CheckGateway(parseHistory(t, c.text), b) {
				t.Errorf("record %d broke %s: %s, want %s", v.At, v.Law, v.Observed, v.Allowed)
			}
		})
	}
}

// TestGatewayOwes judges what is left undone at rest.
func TestGatewayOwes(t *testing.T) {
	const unwritten = `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
	`
	const givenUp = `hello h1` + lone + first + `
		release seq=1 attempt=1 host=h1 epoch=1 reason=cancel
		cancel seq=1 attempt=1 host=h1 epoch=1
		done seq=1 outcome=failed reason=cancel
	`
	for _, c := range []struct {
		name, text, law string
		told            []uint64
		unclean         bool
		now             time.Duration
	}{
		{name: "nothing", text: "hello h1" + attached + first},
		{name: "an attempt", text: lone + unwritten, law: "no-idle-write"},
		{name: "an attempt, where a host may not read", text: lone + unwritten, unclean: true},
		{name: "a Cancel", text: givenUp, law: "no-idle-write"},
		{name: "a Cancel that came", text: givenUp, told: []uint64{1}},
		{name: "a Cancel that came too late", text: givenUp + "answer h1 1 r1\n late seq=1 attempt=1 host=h1 epoch=1 digest=$r1"},
		{name: "a Cancel on a stream of two", text: "hello h1\n" + givenUp},
		{name: "a wait of MaxWait", text: "enqueue seq=1", now: 5 * time.Second},
		{name: "a wait beyond MaxWait", text: "enqueue seq=1", now: 6 * time.Second, law: "answered"},
		{name: "a request that is in no queue", text: lone + "enqueue seq=1", law: "no-idle-wait"},
		{name: "an attachment", text: "hello h3" + attached, law: "no-needless-failure"},
		{name: "an attachment once Close has begun", text: "hello h3" + attached + "close-begin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, s := rest(t, c.text)
			g.b.MaxWait = 5 * time.Second
			g.f = newFindings()
			g.seen.f = g.f
			g.rest()
			g.written(g.at, c.told, !c.unclean)
			g.waited(g.at, c.now)
			g.attached(g.at, s)
			var want []string
			if c.law != "" {
				want = []string{c.law}
			}
			if got := breached(g.f.sorted()); !slices.Equal(got, want) {
				t.Errorf("broke %v, want %v: %v", got, want, g.f.sorted())
			}
		})
	}
}
