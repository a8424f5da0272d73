package edge1_test

import (
	"context"
	"testing"

	"github.com/weir-dev/weir/examples/edge1"
	"github.com/weir-dev/weir/examples/internal/red"
	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// system is what the suite calls.
type system struct{ *edge1.Gateway }

func (s system) Do(ctx context.Context, r properties.GatewayRequest) ([]byte, error) {
	return s.Gateway.Do(ctx, r.Payload, r.Idempotent)
}

func maker(deduct bool) func(*properties.GatewayWorld) properties.Gateway {
	return func(w *properties.GatewayWorld) properties.Gateway {
		g := edge1.New(edge1.Config{
			Waiting: w.Waiting, HostLimit: w.HostLimit, Mark: w.Mark, MaxWait: w.MaxWait, ReassignAfter: w.ReassignAfter,
			MaxAttempts: w.MaxAttempts, BudgetRatio: w.BudgetRatio, BudgetBurst: w.BudgetBurst, Deduct: deduct,
		})
		gatewayv1.RegisterGatewayServer(w.Registrar, g)
		return system{g}
	}
}

// TestFirstRelease is the suite on the gateway as it was released.
func TestFirstRelease(t *testing.T) {
	red.Inside(t)
	properties.TestGateway(t, maker(false), nil, properties.On(properties.Simulated))
}

func TestCountIsNotDeducted(t *testing.T) {
	red.Want(t, "TestFirstRelease", "gateway/no-leak")
}

// TestRepaired shows that the suite has nothing against the rest of it.
func TestRepaired(t *testing.T) {
	properties.TestGateway(t, maker(true), nil, properties.Cases(properties.Virtual, 4), properties.Cases(properties.Loopback, 2))
}
