// Package alia2018 is the Remote that the article "Streaming Remote
// Throughput" (11 September 2018) sketched for Alia, made complete: it speaks
// the wire of remotev1 and tells its dispatcher what became of each message.
// The article's two functions, messenger and listener, are as they were.
//
// The invariant it owns is that of a museum piece: its two bugs stay.
//
//   - The listener returns at the first error and nothing starts another. After
//     a reconnect messages go out and are handled, and no reply is ever read:
//     remote/answered.
//   - Messenger and listener share the fields online and stream without a lock.
//     One goes offline, in several steps; the other has seen that it is online
//     and uses a stream that is nil: remote/no-crash.
//
// The first hides the second, because a listener that is gone races with nobody:
// Config.Relisten is the repair that suggests itself, and brings it out.
//
// What the article leaves open was filled in with as few bugs as possible: seqs
// and the Hello, what is in flight by its seq, one dispatcher goroutine for all
// outcomes, a context that ends everything, Close. It has no backoff, no
// window, no events and no Stats, and refuses nothing for being too large.
//
//	r := alia2018.New(alia2018.Config{Name: "replica-1", Connect: connect, Dispatch: dispatch})
//	_, err := r.Send(ctx, payload)
//	err = r.Close(ctx)
//
// Words. Online is the article's word for a link that is up.
package alia2018
