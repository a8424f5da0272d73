// Package remotespec is the protocol of the Remote and its Peer as a spec for
// the checker of package model: AtMostOnce, in Sync and in Async.
//
// Its one invariant: what the spec may do is what the protocol's rules allow,
// within the bounds of [Params]; the laws are stated beside the steps, never by
// them. A variant with a bug changes steps and leaves every law as it is.
//
//	spec := remotespec.Spec(remotespec.CI())
//	result, err := model.Check(ctx, spec, model.Options{})
//	if err != nil {
//		return err
//	}
//	fmt.Print(result)
//
//	p := remotespec.Small()
//	p.Variant = remotespec.R06 // the listener of 2018
//	story, err := model.Story(ctx, remotespec.Spec(p), "remote/answered", model.Options{})
//
// # What is in it
//
// Callers; the messenger, which connects, sends, and then waits for the stream
// to take the frame; for each link a listener and two bounded wires; the
// dispatcher; Close, draining or with its time up, at any instant; and a peer
// with one session: a hello supersedes the older link, handlers run one at a
// time, a lost link cancels the one that runs and the next begins only after
// that has returned. A link that breaks is noticed by each end by itself, at
// any time, and what was on the wire may still be read before: so a half-open
// link is one whose break nobody has noticed, and replies may be late.
//
// Messages are their own payloads, and handlers answer with the payload that
// they were given. Time is two steps: a backoff ends whenever it likes, and so
// does the patience of whoever calls Close. The rules are silent about a link
// that is lost between its link-up and the send of the message that it was made
// for: that message is then taken again.
//
// # Which laws are stated
//
// remote/order, reply-order, right-reply, one-outcome, honest-outcome,
// conservation, window, epoch, link, no-idle-wait, bounded (in count),
// close-complete, quiet-after-close, no-crash, and of remote/answered the part
// that is safety: at rest, with no handler and no dispatch running, everything
// accepted is resolved and dispatched.
//
// Not stated yet: remote/frame, because a frame carries one message here;
// remote/backoff, because delays have no length; remote/resume-no-loss, because
// there is no Resume; remote/peer-clean, because the peer's goroutines are not
// told apart; and the liveness of remote/answered and remote/close-returns.
// Nor are there deadlines, times to live, acknowledgements, bytes, malformed
// frames, dispatchers that send, or an end of the peer.
//
// # Words
//
// A state is at rest when only callers, handlers, dispatchers, the network's
// losses and time could change it. A variant is a bug by its catalogue name.
package remotespec
