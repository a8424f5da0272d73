// Package simnet is a network for gRPC without HTTP/2 and without sockets:
// generated clients run on its connections, registered servers behind it, both
// unchanged, inside a testing/synctest bubble or outside. Under a scheduler
// every frame in flight is an action with a name, and a plan says what goes
// wrong.
//
// The invariant it owns: on a link that lives, each direction delivers what was
// sent, whole, once, in order. A frame is lost only with its link, and then both
// ends are told, as TCP and HTTP/2 promise; only a half-open link keeps the end
// to itself until it is healed, cut or over.
//
// It refuses to lose, double or reorder a frame within a live link, to be a
// performance model (there is no bandwidth), and to imitate what a client
// configures in grpc-go: names, balancing, retries, compression, credentials,
// interceptors. Client and server use one codec, the one that the call options
// name.
//
// Use:
//
//	n := simnet.New(simnet.Config{Scheduler: s, Plan: plan})
//	s.AddSource(n) // with a Scheduler only
//	remotev1.RegisterPeerServer(n.Server("peer"), peer)
//	s.Go("caller", func() {
//		conn, err := n.Dial(ctx, "remote", "peer")
//		...
//		stream, err := remotev1.NewPeerClient(conn).Exchange(ctx)
//	})
//	s.Run(done, time.Minute)
//	n.Heal()
//
// Without a Scheduler each frame is delivered as soon as it is sent, except as
// Delay, Stall, Latency and HalfOpen have it, and faults that wait to be chosen
// never fire.
//
// What it can't find: all operations of one network take one lock, so that the
// race detector takes them for ordered; a data race between two goroutines that
// both used the network in between can escape it. Overlapping calls at one end
// don't, as long as nothing else orders them: they are reported as races on the
// stream.
//
// Words. A party is an end of the network by name. A link is one stream, which
// here is one connection: "remote->peer#2" is the second stream, or unary call,
// that remote opened to peer. A frame is a message, or the opening, half-close,
// header or trailer of a stream; faults count messages. An end is told when it
// learns that the link has ended. A breach is a broken rule of the stream
// contract of grpc-go.
//
// Where grpc-go leaves a freedom, this is what is done: what arrived can be read
// before the end is seen; a reset may overtake what was sent before it; a send
// succeeds until its end is told; a server that is told gets the code Canceled,
// a client that lost its link Unavailable.
package simnet
