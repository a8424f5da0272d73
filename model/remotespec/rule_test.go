package remotespec

import "testing"

// TestSimplerRules: rules that look as good as those of the protocol, and what
// comes of them.
func TestSimplerRules(t *testing.T) {
	notUnderRace(t)
	resume := SmallResume()
	resume.Close = false
	time := narrow(resume)
	time.Deadlines = 1
	memory := forgetting(resume)
	memory.Losses = 1
	cache := resume
	cache.Messages, cache.Buffer, cache.Window, cache.Cache, cache.Losses, cache.Deadlines = 4, 2, 2, 2, 1, 1
	sends := ciSends()
	sends.Close = false
	expiry := calm(Small())
	expiry.Refusals, expiry.Losses, expiry.Forgets = 0, 2, 1
	for _, c := range []struct {
		name   string
		rule   simpler
		params Params
		law    string
		steps  int
	}{
		{"every slot stays", everySlotStays, time, "remote/answered", 18},
		{"any acknowledgement", anyAcknowledgement, memory, "remote/resume-no-loss", 28},
		{"narrow queue", narrowQueue, cache, "remote/answered", 38},
		{"no extra place", noExtraPlace, sends, "deadlock", 20},
		{"every send waits", everySendWaits, sends, "deadlock", 12},
		{"early expiry", earlyExpiry, expiry, "remote/order", 21},
		{"step by step", stepByStep, onRuns(endless(SmallResume())), "remote/answered", 11},
	} {
		c.params.rule = c.rule
		v := check(t, Spec(c.params)).Violation
		if v == nil {
			t.Errorf("%s: no law is violated, want %s", c.name, c.law)
			continue
		}
		if v.Law != c.law || len(v.Steps) != c.steps {
			t.Errorf("%s: got %s after %d steps, want %s after %d\n%v", c.name, v.Law, len(v.Steps), c.law, c.steps, v)
		}
	}
}
