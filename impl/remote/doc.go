// Package remote is ordered messaging to a peer over one bidirectional gRPC
// stream, with an outcome for every message: the reference implementation of the
// Remote protocol that package protocol describes. A Remote is the client end, a
// Peer the server end.
//
// # What it owns
//
// One invariant: every accepted message is in exactly one of buffer, flight and
// resolved, moves only forward, and is given one outcome, which is true. Replied
// means that it was handled once, NotSent that it never was, Unknown that it was
// handled at most once. On the other side of the wire: the messages of a session
// are handled in the order of acceptance, one at a time, each at most once.
//
// # Use
//
//	peer, err := remote.NewPeer(remote.PeerConfig{Handle: answer})
//	peer.Register(server) // a *grpc.Server
//
//	r, err := remote.New(remote.Config{
//		ID:       "replica-1",
//		Connect:  func(context.Context) (remote.Conn, error) { return grpc.NewClient(address, options...) },
//		Dispatch: func(ctx context.Context, res protocol.Result) { ... },
//	})
//	seq, err := r.Send(ctx, payload) // its outcome reaches Dispatch
//	err = r.Close(ctx)               // sends what was accepted, until ctx is done
//
// Close a Peer before the GracefulStop of its server, which waits for streams that
// have no end of their own. Set keepalive on the client connection, and permit it
// at the server: a half-open link looks like a slow handler to everything above
// TCP.
//
// # How it is built
//
// All that is known of messages is kept in two plain data structures: the book of
// a Remote and the desk of a Peer. They are stepped under one mutex, which is
// never held across I/O, a wait, or a call of anybody else's code but the tracer
// and the source of chance. Goroutines only translate between steps and gRPC:
//
//   - the messenger is the one that makes links, sends on them and ends them;
//   - a listener per link reads from it and waits for nothing else;
//   - the dispatcher loop outlives links and calls Dispatch;
//   - at the Peer each link has the goroutine of its stream, a reader, a writer and
//     a runner of handlers.
//
// Messenger and listener hold the link as a value that never changes. Whether it
// is in use is asked of the book, by its epoch, in the step that depends on it.
//
// Both ends frame opportunistically: what is queued when the stream is free goes
// into one frame, and nothing waits for a frame to fill.
//
// # What it refuses
//
// Delivery Resume is not supported: New, and the Peer on a hello, say so. A peer
// that replies to what was not sent, or out of order, loses the link (reason
// invalid); a Remote that sends malformed frames gets INVALID_ARGUMENT. gRPC is
// not allowed to replay a stream by itself.
//
// In AtMostOnce a Peer keeps no reply for repeating, so that an acknowledgement
// has nothing to free: it rides on every frame and never goes alone.
//
// # Words
//
// A link is one generation of the stream and is numbered by its epoch. A session
// is one run of a Remote, across links. A message is taken when the messenger
// moves it from the buffer to a frame; from then on it is in flight. A slot of the
// window is held from there until the dispatch of the reply begins, or the link
// ends.
package remote
