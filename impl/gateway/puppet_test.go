package gateway

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"

	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// puppet is a gateway that says what the test wants said.
type puppet struct {
	gatewayv1.UnimplementedGatewayServer
	*house
	links chan *puppetLink
}

// puppetLink is one attachment at a puppet.
type puppetLink struct {
	*puppet
	stream gatewayv1.Gateway_AttachServer
	got    chan *gatewayv1.HostMessage
	end    chan struct{}
}

// room is how many messages a puppet keeps for the test; then it reads no more.
const room = 4096

func (p *puppet) Attach(stream gatewayv1.Gateway_AttachServer) error {
	k := &puppetLink{puppet: p, stream: stream, got: make(chan *gatewayv1.HostMessage, room), end: make(chan struct{})}
	go func() {
		defer close(k.got)
		for {
			m, err := stream.Recv()
			if err != nil {
				return
			}
			select {
			case k.got <- m:
			case <-stream.Context().Done():
				return
			}
		}
	}()
	p.links <- k
	select {
	case <-k.end:
	case <-stream.Context().Done():
	}
	return nil
}

// withPuppet runs body in a bubble with a puppet in the Gateway's place.
func withPuppet(t *testing.T, body func(p *puppet)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &puppet{links: make(chan *puppetLink, 64), house: &house{T: t, journal: &journal{},
			listener: bufconn.Listen(1 << 16), server: grpc.NewServer()}}
		gatewayv1.RegisterGatewayServer(p.server, p)
		go p.server.Serve(p.listener)
		defer func() {
			for _, end := range p.ends {
				end()
			}
			p.server.Stop()
			synctest.Wait()
		}()
		body(p)
	})
}

// welcome waits for the next attachment, and says Welcome.
func (p *puppet) welcome(epoch uint64) *puppetLink {
	p.Helper()
	synctest.Wait()
	select {
	case k := <-p.links:
		if h := k.next().GetHello(); h == nil {
			p.Fatal("first message is not a hello")
		}
		k.say(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Welcome{Welcome: &gatewayv1.Welcome{Epoch: epoch}}})
		return k
	default:
		p.Fatal("no host attached")
		return nil
	}
}

func (k *puppetLink) say(m *gatewayv1.GatewayMessage) {
	k.Helper()
	if err := k.stream.Send(m); err != nil {
		k.Fatal(err)
	}
	synctest.Wait()
}

func (k *puppetLink) request(attempt uint64) {
	k.Helper()
	k.say(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Request{
		Request: &gatewayv1.Request{Attempt: attempt, Payload: fmt.Append(nil, attempt)}}})
}

func (k *puppetLink) cancel(attempt uint64) {
	k.Helper()
	k.say(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Cancel{Cancel: &gatewayv1.Cancel{Attempt: attempt}}})
}

// next returns the next message of the host, which must be there; nil when the
// host has closed its side.
func (k *puppetLink) next() *gatewayv1.HostMessage {
	k.Helper()
	synctest.Wait()
	select {
	case m := <-k.got:
		return m
	default:
		k.Fatal("got nothing, want a message")
		return nil
	}
}

// answer fails unless the next message answers the attempt in that way.
func (k *puppetLink) answer(attempt uint64, code gatewayv1.FailureCode, text string) {
	k.Helper()
	r := k.next().GetReply()
	got := string(r.GetPayload()) + r.GetFailure().GetMessage()
	if r.GetAttempt() != attempt || r.GetFailure().GetCode() != code || !strings.Contains(got, text) {
		k.Fatalf("got %v, want attempt %d, %v, %q", r, attempt, code, text)
	}
}

func (k *puppetLink) refuses(attempt uint64) {
	k.Helper()
	if m := k.next(); m.GetRefuse() == nil || m.GetRefuse().GetAttempt() != attempt {
		k.Fatalf("got %v, want attempt %d refused", m, attempt)
	}
}

func (k *puppetLink) silent() {
	k.Helper()
	synctest.Wait()
	select {
	case m, ok := <-k.got:
		k.Fatalf("got %v, %v, want nothing", m, ok)
	default:
	}
}

// hang ends the attachment from the gateway's side.
func (k *puppetLink) hang() {
	close(k.end)
	synctest.Wait()
}
