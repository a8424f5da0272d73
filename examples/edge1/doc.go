// Package edge1 is a gateway as a straightforward engineer writes it, with the
// bug that Edge's gateway had in its first release on bidirectional streams:
// when a slow request is reassigned to another host, the count of the first host
// is not deducted. Its late answer is ignored, as it should be, so that nothing
// ever deducts it. After as many of them as its limit that host is paused for
// ever.
//
// The invariant it owns is that of a museum piece: the bug stays, in one line,
// and Config.Deduct is its repair, so that the suite can be seen to be red for
// this line and for nothing else.
//
// The gateway keeps a number for each host, where the reference implementation
// keeps reservations as objects and counts them: a number can be wrong, and says
// nothing of whose it is. It emits no events; its Stats are all that the suite
// sees inside. It does not refuse to be simple: a due attempt that finds no host
// tries again a period later, abandoned work is not counted, and a host's limit
// can't be changed by an operator.
//
//	g := edge1.New(edge1.Config{HostLimit: 8, Waiting: 100, MaxWait: time.Second})
//	gatewayv1.RegisterGatewayServer(server, g)
//	response, err := g.Do(ctx, payload, true)
//
// Words. A count is what the protocol calls reserved; due is a request whose
// attempt has lasted too long.
package edge1
