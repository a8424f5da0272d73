// Package remotespec is the protocol of the Remote and its Peer as a spec for
// the checker of package model: both deliveries, AtMostOnce and Resume, in Sync
// and in Async.
//
// Its one invariant: what the spec may do is what the protocol's rules allow,
// within the bounds of [Params]; the laws are stated beside the steps, never by
// them. A variant with a bug changes steps and leaves every law as it is.
//
//	for _, p := range remotespec.Sizes() {
//		result, err := model.Check(ctx, remotespec.Spec(p), model.Options{})
//		if err != nil {
//			return err
//		}
//		fmt.Print(result)
//	}
//	p := remotespec.Small()
//	p.Variant = remotespec.R06 // the listener of 2018
//	story, err := model.Story(ctx, remotespec.Spec(p), "remote/answered", model.Options{})
//
// # What is in it
//
// Callers; the messenger, which connects, makes frames, and waits for the
// stream to take them; for each link a listener and two bounded wires; the
// dispatcher, whose code may send; deadlines and times to live; Close, draining
// or with its time up, at any instant; and a peer with one session. In
// AtMostOnce a lost link cancels the handler that runs. In Resume the handler
// belongs to the session; there are the Welcome, the reply cache and its bound,
// acknowledgements with frames and alone, what is sent and what is replied
// again, and a peer that loses its memory.
//
// A link that breaks is noticed by each end by itself, at any time, and what
// was on the wire may still be read before: so a half-open link is one whose
// break nobody has noticed, and replies may be late or come twice. A faulty link
// may bring a frame twice. The network may be given a budget of refusals and
// losses, or do it without end.
//
// Messages are their own payloads, and handlers answer with the payload that
// they were given. Time is a step: a backoff, a deadline and the patience of
// whoever calls Close end whenever they like.
//
// # What the laws leave out of their sentences
//
// Every law and fact of the catalogue is stated by some size. Of remote/bounded
// the counts are judged and not the bytes, and so for remote/frame. Of
// remote/backoff the order is judged: no attempt while the delay runs, and a
// delay after each failure; how long it is, and what resets it, is not. Of
// remote/no-crash only a bug that the spec was given can crash it: there is no
// memory to race for. Malformed frames, a reply above the frame limit, many
// sessions and the Close of a Peer are not in it. A Peer whose process ends and
// that keeps its session record is none: by the rules another process has
// another record; one that merely drops its links is a network that loses them.
//
// # Whole runs
//
// remote/answered and remote/close-returns are judged on all fair runs through
// worlds in which the network may refuse and lose for ever, each under promises
// of its own. They are listed in one place, and a test leaves out each in turn.
// Close asks nothing of anybody but the Remote. That something is answered takes
// an attempt that succeeds now and then, and a link that now and then lasts until
// it is.
//
// # Where the rules were silent, or did not do
//
// A test ("simpler rules") shows what comes of the alternatives.
//
//   - In AtMostOnce a link may be lost between its link-up and the send of the
//     message that it was made for: that message is then taken again.
//   - A deadline keeps the slot of its message only if the link that is up has
//     carried it. In Resume a message may have been sent on an earlier link
//     alone; once it is resolved it is not sent again, so that no late reply
//     need ever come, and its slot would be lost for as long as the link lives.
//   - That the peer lost its memory is told by the memory id alone. A last
//     message handled below what was acknowledged says so only if what counts
//     as acknowledged was told to this memory: the highest reply received stays
//     when a memory is lost, and would be above what the next one has handled.
//   - The peer's queue in Resume has room for as many messages as its Welcome
//     promises replies. With less it would stop reading while the cache is full,
//     and the acknowledgement that empties the cache would wait behind a message.
//   - In Resume a listener whose link has ended may still hand over replies that
//     it has read; they count, until it has returned. In AtMostOnce they are late.
//   - Only the first Send of a Replied dispatch waits for its place, and it needs
//     the place beyond those of callers: a dispatcher that waits holds up the
//     dispatches by which places become free.
//   - A peer without its record takes any hello as the first. So a session must
//     not expire while a link of before has yet to say hello: what such a link
//     carries would be handled behind newer messages.
//   - Messages wait in the buffer, with a link and free slots, while the peer's
//     flow control holds a frame: remote/no-idle-wait does not mean those.
//   - That a message is resolved also takes dispatches that return: a slot is
//     free when the dispatch of its reply begins, and one dispatch that does not
//     end holds up those behind it.
//
// # Words
//
// A state is at rest when only callers, handlers, dispatchers, the network's
// losses and time could change it. A variant is a bug by its catalogue name. A
// budget is how often something may happen in one run. A link is steady when the
// network has made up its mind to keep it.
package remotespec
