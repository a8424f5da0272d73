// Package gatewayspec is the protocol of the Gateway and its hosts as a spec
// for the checker of package model.
//
// Its one invariant: what the spec may do is what the protocol's rules allow,
// within the bounds of [Params]; the laws are stated beside the steps and ask
// the reservations, never the counts that the steps decide by. A variant with a
// bug changes steps and leaves every law as it is. It refuses bounds that a
// State has no room for.
//
//	for _, p := range gatewayspec.Sizes() {
//		result, err := model.Check(ctx, gatewayspec.Spec(p), model.Options{})
//		if err != nil {
//			return err
//		}
//		fmt.Print(result)
//	}
//	r := gatewayspec.Refutations()[1] // a reassign that forgets the deduction,
//	spec := gatewayspec.Only(gatewayspec.Spec(r.Params), r.Law) // as it was met
//	story, err := model.Story(ctx, spec, r.Law, model.Options{})
//
// The rules by which a host is limited (free slot, pause, resume, change of
// limit, load) are the type [Counts], which the steps use and which other
// packages may take as the sequential limiter.
//
// # What is in it
//
// Callers that call Do, give up, or have a deadline; the queue, bounded on
// entry, to which a request returns in its old place; MaxWait; the ledger of
// attempts, whose live entries are the reservations, with the counts that the
// gateway keeps of them; the choice of request and host; pause and resume with
// a mark; limits that change; the reassign timer and its budget; requests that
// may not be run twice; a writer for each host, which marks an attempt as sent
// and tells of cancelled ones, and whose writes may fail; two bounded wires for
// each attachment; hosts with a capacity, which answer every attempt once,
// cancelled ones too, with a reply, an error or a refusal; Ready and the
// backoff after a refusal; Drain, and hosts that end their stream in peace;
// streams that break, which each end notices by itself; hosts that attach
// again, superseding an attachment that the gateway still holds and whose last
// answers are still read, and that send the answers of the lost attachment on
// the new one; a host that makes up an answer; and Close, draining or with its
// time up, at any instant. [Params] says which of these a size has.
//
// The order in which answers of several hosts are read is open, as are ties of
// load, the order of a writer's requests and cancels, and in which order a host
// works off its queue. Time is steps that may be taken whenever they like: a
// reassign timer fires, a deadline, MaxWait or a refusal's backoff passes, a
// caller gives up, and Close's patience ends.
//
// # What is taken together
//
// Handing an answer to a stream that has room is one step with the handler's
// return, and so is starting a handler that need not wait with the arrival of
// its request: nobody else can tell the difference. Marking an attempt as sent
// and handing it over are one step, which waits until the stream has room. A
// write that fails ends the attachment in the same step. That MaxWait passes
// while a host is eligible for the request is left out, because a gateway
// reserves in the same step that makes a host eligible. A host's own capacity
// is the highest limit that it ever has, and a capacity that it declares anew
// is a change of limit.
//
// An epoch is relative here: an attempt belongs to the newest attachment of its
// host or to a past one, and a message is read from the newest or from a
// superseded one. So attachments may come and go without end in a finite world.
// A test holds what [State] forgets against a spec that forgets nothing.
//
// # What was decided here
//
// Where the rules are silent or refuted, these are what a user would expect:
//
//   - A host resumes at its mark only with a free slot. With the abandoned at
//     their cap the rules make it paused and resumed at once.
//   - no-lockup needs more than weak fairness of writes where attachments end
//     without end: a request that loses its host before each write uses up no
//     attempt, so it returns to the head of the queue for ever, and those
//     behind it are never reserved. Here sent is strongly fair then. With
//     finitely many losses weak fairness is enough.
//   - no-lockup and answered need no promise for Cancel or for the reassign
//     timer, and answered none that a host notices the loss of its attachment:
//     it is enough that the gateway does.
//   - That the effect of a refusal ends, be it by the backoff alone, is in no
//     sentence of the catalogue. Here no-lockup says it of hosts.
//   - After a limit was lowered the queue may hold more than its bound and the
//     sum of the limits, because what was reserved before may come back: the
//     sum is that of the highest limits.
//   - A request that may not be run twice is not sent a second time to the same
//     host either, unless that host gave it back.
//   - Ready, Drain and a refusal on a superseded stream change nothing for the
//     attachment that superseded it. An answer on the newest attachment for an
//     attempt of a past one is late, and it shows that the host has finished an
//     attempt: it ends the effect of a refusal.
//   - A stream that its host has ended in peace is detached when all that the
//     host said is read.
//   - An answer for an attempt that was answered before is rejected; one for an
//     attempt whose attachment has ended, unanswered, is late.
//
// # The laws
//
// Every law of the catalogue is stated but those that [NotStated] lists, and
// every fact is seen. gateway/bounded is stated in count, not in bytes.
// gateway/accounted is about what a host says of attempts; Ready and Drain are
// about the host itself.
//
// Laws on whole runs are judged under the fairness of their own sentences, which
// differ. gateway/no-lockup, which is stated where a request that waits gives up
// in the end, and gateway/close-returns are promised the gateway's own steps and
// its timers, and nothing of hosts, callers and network. So is gateway/answered
// at a size with deadlines, where it is about the requests that have one;
// elsewhere it is about all, and hosts promise to answer or to detach.
//
// # Words
//
// A state is at rest when only callers, handlers, the network's losses, hosts
// that come back, refuse, leave or lie, whoever sets limits, and time could
// change it. An entry of the ledger is free, live (a reservation), abandoned
// (given up, not answered), lost (its attachment ended first) or settled. A
// host is locked when it is paused and has answered everything, or has refused.
package gatewayspec
