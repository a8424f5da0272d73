// Package plain is a Remote, a Peer and a Gateway that are legal and odd: they
// keep every obligation of the protocol and use the freedom that it leaves in
// ways that nobody would choose. A suite that is red on them asks for more than
// the laws say.
//
// The Remote is one goroutine: it takes a message, connects if it must, sends a
// frame of one, and reads on until the reply has come, also in Async, where it
// might have many in flight. It takes its time before each dispatch. Every now and
// then, with nothing in flight, it drops its link at whim. It notices a lost link
// when it needs it, and then ends what was in flight Unknown.
//
// The Peer handles a message before it reads the next frame, and takes its time
// before each reply. The Gateway gives each host one request at a time, whatever
// it declared, breaks ties by chance, and reassigns nothing. None of them emits
// events, and the Remote and the Peer have no Stats, so that many laws can't be
// observed.
//
// The invariant they own is that of the protocol. They refuse to be fast, to
// resume sessions, and to forget a session (the Peer's table is bounded by
// refusing new ones).
//
//	remotev1.RegisterPeerServer(server, plain.NewPeer(handle, rand.Uint64))
//	r := plain.NewRemote(plain.Config{ID: "replica-1", Connect: connect, Dispatch: dispatch, ...})
//	seq, err := r.Send(ctx, payload)
//	err = r.Close(ctx)
//
// Words. A whim is a link that is dropped although nothing is wrong with it.
package plain
