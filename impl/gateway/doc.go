// Package gateway is the reference implementation of the Gateway protocol:
// requests spread over hosts, limited by reservations. A Gateway is the server
// end, a Host the end that dials; package protocol says what each owes the
// other.
//
// The one invariant that it owns: a host holds exactly as many live
// reservations as the Ledger has Reservation objects for it, and every one of
// them is released once. There is no counter beside them that could run away,
// and nothing is written to a host but under a live reservation.
//
// It refuses to guess. Work that may have been done is not repeated for a
// request that is not idempotent; an answer counts for the attempt that it
// names, at the host that holds it, or not at all; a queue that is full says
// so. It doesn't log, persist or authenticate: the gRPC server and connections
// that it is given do.
//
//	g, err := gateway.New(gateway.Config{ReassignAfter: 2 * time.Second})
//	g.Register(server) // a *grpc.Server
//	answer, err := g.Do(ctx, gateway.Request{Payload: payload})
//
// and on each host
//
//	h, err := gateway.NewHost(gateway.HostConfig{
//		Name: "h1", Capacity: 16,
//		Connect: func(context.Context) (gateway.Conn, error) { return grpc.NewClient(address, creds) },
//		Handle: func(ctx context.Context, q gateway.HostRequest) ([]byte, error) { return work(ctx, q.Payload) },
//	})
//	defer h.Close(ctx)
//
// # Where things are
//
// The Ledger (ledger.go, attachment.go, reservation.go, lost.go), the queue
// and the budget are plain data under the one lock of a Gateway: every change
// of state is one critical section, with its events, and ends with dispatch,
// so that no request ever waits beside an eligible host. Goroutines only
// translate: link.go and receive.go for a stream, gateway.go for a Do. The
// Host is built alike: desk.go is its book, host_link.go its stream.
//
// # Bounds
//
// Waiting requests: Config.Waiting on entry, and at most the sum of the limits
// more by those that come back. At one host: limit reservations, limit +
// AbandonedCap together with the abandoned. What is to be written to a host is
// always one of these, so that a slow reader can't make memory grow; what it
// sends is read one message at a time. Payloads: Config.MessageBytes each.
// Attached hosts, and streams without a Hello: Config.Hosts each. Unanswered
// attempts of ended attachments: 16384. Rejected messages: 100 on one stream,
// then it is closed.
//
// # Words
//
// A reservation is a place at a host, held for one attempt. An attempt is one
// try to run a request at one host. An attachment is one stream of a host,
// numbered by its epoch. A host is paused when it has no free slot, until it
// resumes at its mark. An attempt is due when it may move to another host, late
// is an answer to an attempt that holds no reservation, abandoned an attempt
// that was given up while the host may still be at work on it, and lost one
// whose attachment ended before it was answered.
package gateway
