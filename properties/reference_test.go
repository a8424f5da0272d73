package properties_test

import (
	"testing"

	"github.com/weir-dev/weir/properties"
)

func TestReferenceRemote(t *testing.T) {
	m := chosen(t)
	if law := told(t, *judgesFlag, judgesVariable); law != "" {
		properties.JudgeRemote(t, law, m.remote, options()...)
		return
	}
	properties.TestRemote(t, m.remote, options()...)
}

func TestReferenceGateway(t *testing.T) {
	m := chosen(t)
	if law := told(t, *judgesFlag, judgesVariable); law != "" {
		properties.JudgeGateway(t, law, m.gateway, m.host, options()...)
		return
	}
	properties.TestGateway(t, m.gateway, m.host, options()...)
}

func TestReferenceLimiter(t *testing.T) { properties.TestLimiter(t, chosen(t).limiter) }

func FuzzRemote(f *testing.F) { properties.FuzzRemote(f, chosen(f).remote) }

func FuzzGateway(f *testing.F) {
	m := chosen(f)
	properties.FuzzGateway(f, m.gateway, m.host)
}
