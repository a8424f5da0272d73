package plain_test

import (
	"context"
	"testing"

	"github.com/weir-dev/weir/examples/plain"
	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// gateway is what the suite calls.
type gateway struct{ *plain.Gateway }

func (g gateway) Do(ctx context.Context, r properties.GatewayRequest) ([]byte, error) {
	return g.Gateway.Do(ctx, r.Payload, r.Idempotent)
}

func newGateway(w *properties.GatewayWorld) properties.Gateway {
	g := plain.NewGateway(plain.GatewayConfig{Waiting: w.Waiting, MaxWait: w.MaxWait, MaxAttempts: w.MaxAttempts, AbandonedCap: w.AbandonedCap, Rand: w.Rand})
	gatewayv1.RegisterGatewayServer(w.Registrar, g)
	return gateway{g}
}

func TestGateway(t *testing.T) {
	properties.TestGateway(t, newGateway, nil, properties.Cases(properties.Virtual, 4), properties.Cases(properties.Loopback, 2))
}
