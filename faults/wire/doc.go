// Package wire puts the faults of a plan on any net.Conn, below an unchanged
// grpc-go (or anything else): in virtual time over connections in memory, or in
// real time over sockets.
//
// The invariant it owns: what comes out of a direction is a prefix of what went
// in, byte for byte. A fault can make the prefix end early or arrive late, and
// then both ends see an error sooner or later; it never makes it another text.
//
// It refuses to lose bytes in the middle, to change them, and to look into TLS.
//
// Use, inside a bubble:
//
//	f := wire.New(plan, seed)
//	l := wire.Memory()
//	go server.Serve(l)
//	conn, err := grpc.NewClient("passthrough:///peer",
//		grpc.WithTransportCredentials(insecure.NewCredentials()),
//		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
//			c, err := l.DialContext(ctx)
//			if err != nil {
//				return nil, err
//			}
//			return f.Conn(c, "remote->peer"), nil
//		}))
//	...
//	f.Heal()  // then what is left must work
//	f.Close() // every connection ends
//
// The client's connection is the one to wrap: what it writes goes up, what it
// reads came down. Time is the time of package time, and every wait is one that
// a bubble understands, as far as the connection below has it so: wrap those of
// Memory inside a bubble, sockets outside.
//
// Words. A generation is one connection of a link that wasn't refused, from 1. A
// chunk is what one Write took. A frame, which triggers count, is one HTTP/2 frame in
// cleartext; on a connection that doesn't open with the client preface of HTTP/2
// none is ever counted upwards. Both a trigger's bytes and frames count as they
// leave the fault's direction at its other end.
package wire
