package properties

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	"github.com/weir-dev/weir/faults"
	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/simnet"
	"github.com/weir-dev/weir/faults/wire"
)

// Network is how far down a case goes.
type Network string

const (
	// Simulated runs on simnet inside a bubble: every message, fault and
	// goroutine step is a choice.
	Simulated Network = "sim"
	// Virtual runs all of grpc-go inside a bubble, over in-memory connections
	// with faults: flow control, keepalive and backoff in virtual time.
	Virtual Network = "virtual"
	// Loopback runs on TCP sockets of the loopback interface, in real time.
	// Laws about rest are not judged there.
	Loopback Network = "loopback"
)

// Networks lists them, the shallowest first.
func Networks() []Network { return []Network{Simulated, Virtual, Loopback} }

// unit is how long a second of a load lasts: real seconds are few.
func (n Network) unit() time.Duration {
	if n == Loopback {
		return 10 * time.Millisecond
	}
	return time.Second
}

// scale makes the load larger where nothing is gained by a small one.
func (n Network) scale() int {
	switch n {
	case Simulated:
		return 1
	case Virtual:
		return 8
	}
	return 30
}

// seconds is s seconds of a load.
func (n Network) seconds(s float64) time.Duration { return time.Duration(s * float64(n.unit())) }

func parseNetwork(s string) (Network, error) {
	for _, n := range Networks() {
		if string(n) == s {
			return n, nil
		}
	}
	return "", fmt.Errorf("network %q is unknown, want sim, virtual or loopback", s)
}

// fabric is the network of one case: it carries grpc services between named
// parties and injects the faults of a plan.
type fabric interface {
	// registrar takes the services of party, before start.
	registrar(party string) grpc.ServiceRegistrar
	// start serves what was registered.
	start() error
	// connect makes one connection.
	connect(ctx context.Context, from, to string) (Conn, error)
	// heal ends all faults: what is half-open breaks, refusals stop.
	heal()
	// fired counts the faults that took effect, broken those of them that can end
	// a link or an attempt to open one.
	fired() int
	broken() int
	// close ends every stream and connection and waits for its own goroutines.
	close()
}

// simFabric is simnet under a scheduler.
type simFabric struct{ net *simnet.Network }

// quota is how many bytes a stream takes that were not read, zero for the
// default.
func newSimFabric(s *schedule.Scheduler, plan faults.Plan, quota int) *simFabric {
	n := simnet.New(simnet.Config{Scheduler: s, Plan: plan, QuotaBytes: quota})
	s.AddSource(n)
	return &simFabric{net: n}
}

func (f *simFabric) registrar(party string) grpc.ServiceRegistrar { return f.net.Server(party) }
func (f *simFabric) start() error                                 { return nil }
func (f *simFabric) heal()                                        { f.net.Heal() }
func (f *simFabric) close()                                       { f.net.Close() }

func (f *simFabric) connect(ctx context.Context, from, to string) (Conn, error) {
	return f.net.Dial(ctx, from, to)
}

func (f *simFabric) fired() int { return total(f.net.Fired()) }

// broken counts the faults that end a link, or an attempt, and have fired.
func (f *simFabric) broken() int {
	sum := 0
	for text, n := range f.net.Fired() {
		if !strings.HasPrefix(text, faults.Delay.String()) {
			sum += n
		}
	}
	return sum
}

func total(counts map[string]int) int {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}

// grpcFabric is grpc-go over connections with faults: in memory inside a
// bubble, or TCP.
type grpcFabric struct {
	faults  *wire.Faults
	servers map[string]*grpcServer
	order   []string
	memory  bool
}

type grpcServer struct {
	server   *grpc.Server
	listener net.Listener
	dial     func(ctx context.Context) (net.Conn, error)
	done     chan struct{}
}

func newGRPCFabric(plan faults.Plan, seed uint64, memory bool) *grpcFabric {
	return &grpcFabric{faults: wire.New(plan, seed), servers: make(map[string]*grpcServer), memory: memory}
}

func (f *grpcFabric) registrar(party string) grpc.ServiceRegistrar {
	if s := f.servers[party]; s != nil {
		return s.server
	}
	s := &grpcServer{
		server: grpc.NewServer(
			grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		),
		done: make(chan struct{}),
	}
	f.servers[party] = s
	f.order = append(f.order, party)
	return s.server
}

func (f *grpcFabric) start() error {
	for _, party := range f.order {
		s := f.servers[party]
		if f.memory {
			l := wire.Memory()
			s.listener, s.dial = l, l.DialContext
		} else {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return fmt.Errorf("no loopback listener: %w", err)
			}
			s.listener = l
			s.dial = func(ctx context.Context) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
			}
		}
		go func() {
			defer close(s.done)
			// Serve ends with the listener; what it returns then says only that.
			_ = s.server.Serve(s.listener)
		}()
	}
	return nil
}

func (f *grpcFabric) connect(ctx context.Context, from, to string) (Conn, error) {
	s := f.servers[to]
	if s == nil {
		return nil, fmt.Errorf("no service is registered at %q", to)
	}
	link := from + "->" + to
	return grpc.NewClient("passthrough:///"+to,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			c, err := s.dial(ctx)
			if err != nil {
				return nil, err
			}
			return f.faults.Conn(c, link), nil
		}))
}

func (f *grpcFabric) heal()      { f.faults.Heal() }
func (f *grpcFabric) fired() int { return total(f.faults.Fired()) }

// broken counts every fault: each can make grpc-go give up a connection.
func (f *grpcFabric) broken() int { return f.fired() }

func (f *grpcFabric) close() {
	f.faults.Close()
	for _, party := range f.order {
		s := f.servers[party]
		s.server.Stop()
		if s.listener != nil {
			<-s.done
		}
	}
}
