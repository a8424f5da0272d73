package properties

import (
	"slices"
	"testing"
)

// Workers sets how many processes run the simulated cases.
func Workers(n int) Option {
	return func(s *settings) { s.workers = n }
}

// JudgeRemote is TestRemote with a single law that is judged.
func JudgeRemote(t *testing.T, law string, make func(*RemoteWorld) Remote, opts ...Option) {
	runSuite(t, suite{
		protocol: "remote",
		run: func(t *testing.T, network Network, c *choices) *outcome {
			return runRemote(t, make, network, c).judgedBy(law)
		},
	}, opts)
}

// JudgeGateway is TestGateway with a single law that is judged.
func JudgeGateway(t *testing.T, law string, make func(*GatewayWorld) Gateway, host func(*HostWorld) Host, opts ...Option) {
	runSuite(t, suite{
		protocol: "gateway",
		run: func(t *testing.T, network Network, c *choices) *outcome {
			return runGateway(t, gatewayMakers{make, host}, network, c).judgedBy(law)
		},
	}, opts)
}

// judgedBy leaves out what breaks other laws.
func (o *outcome) judgedBy(law string) *outcome {
	if o.found != nil {
		o.found.violations = slices.DeleteFunc(o.found.violations, func(v Violation) bool { return v.Law != law })
	}
	return o
}

func TestJudgedBy(t *testing.T) {
	o := &outcome{found: newFindings()}
	for _, law := range []string{"remote/order", "remote/link", "remote/order"} {
		o.found.judge(law, 1, false, "", "")
	}
	if v, violated := o.judgedBy("remote/link").violation(""); !violated || v.Law != "remote/link" || len(o.found.violations) != 1 {
		t.Errorf("got violations %v, want the one of remote/link", o.found.violations)
	}
	if v, violated := o.judgedBy("remote/frame").violation(""); violated {
		t.Errorf("got violation %v, want none of remote/frame", v)
	}
	(&outcome{undecided: "stuck"}).judgedBy("remote/link") // has found nothing
}
