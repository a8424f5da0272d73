package properties_test

import (
	"testing"

	"github.com/weir-dev/weir/properties"
)

func TestReferenceRemote(t *testing.T) { properties.TestRemote(t, chosen(t).remote) }

func TestReferenceGateway(t *testing.T) {
	m := chosen(t)
	properties.TestGateway(t, m.gateway, m.host)
}

func TestReferenceLimiter(t *testing.T) { properties.TestLimiter(t, chosen(t).limiter) }

func FuzzRemote(f *testing.F) { properties.FuzzRemote(f, chosen(f).remote) }

func FuzzGateway(f *testing.F) {
	m := chosen(f)
	properties.FuzzGateway(f, m.gateway, m.host)
}
