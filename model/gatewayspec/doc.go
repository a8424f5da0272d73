// Package gatewayspec is the protocol of the Gateway and its hosts as a spec
// for the checker of package model.
//
// Its one invariant: what the spec may do is what the protocol's rules allow,
// within the bounds of [Params]; the laws are stated beside the steps and ask
// the reservations, never the counts that the steps decide by. A variant with a
// bug changes steps and leaves every law as it is.
//
//	spec := gatewayspec.Spec(gatewayspec.CI())
//	result, err := model.Check(ctx, spec, model.Options{})
//	if err != nil {
//		return err
//	}
//	fmt.Print(result)
//
//	p := gatewayspec.CI()
//	p.Variant = gatewayspec.G01 // reassign forgets the deduction
//	story, err := model.Story(ctx, gatewayspec.Spec(p), "gateway/no-lockup", model.Options{})
//
// # What is in it
//
// Callers that call Do and may give up; the queue, to which a request returns
// in its old place; the ledger of attempts, whose live entries are the
// reservations, with the counts that the gateway keeps of them; the choice of
// request and host; pause and resume with a mark; the reassign timer; a writer
// for each host, which marks an attempt as sent and tells of cancelled ones;
// two bounded wires for each attachment; hosts with a capacity, which answer
// every attempt once, cancelled ones too; streams that break, which each end
// notices by itself; hosts that attach again, superseding an attachment that
// the gateway still holds and whose last answers are still read; a host that
// makes up an answer; and Close, draining or with its time up, at any instant.
//
// The order in which answers of several hosts are read is open, as are ties of
// load, the order of a writer's requests and cancels, and in which order a host
// works off its queue. Time is three steps: a reassign timer fires, a caller
// gives up, and Close's patience ends, each whenever it likes. Handing an
// answer to a stream that has room is one step with the handler's return, and
// so is starting a handler that need not wait with the arrival of its request:
// nobody else can tell the difference.
//
// The rules say that a host resumes when its reservations are down to the mark,
// and that it becomes paused when it has no free slot. With the abandoned at
// their cap both are true at once; here a host resumes only with a free slot.
//
// # Which laws are stated
//
// gateway/count, one-reservation, released-once, one-outcome, right-reply,
// no-leak, paused, no-idle-wait, fifo, choice, reassign-bounds (without a
// budget), late, epoch, isolation, host-capacity, bounded (wires and hosts'
// queues, in count), close-complete, quiet-after-close; and as safety: of
// gateway/no-lockup, that at rest no host is paused which holds nothing and has
// answered everything, and of gateway/answered, that at rest with no handler
// running and a host attached no request is open.
//
// Not stated yet: gateway/accounted and gateway/linearizable, which are about
// histories; gateway/non-idempotent, because every request may be repeated here;
// gateway/no-crash, because no step can crash; gateway/close-returns and the
// liveness of the two above. Nor are there refusals, Ready, Drain, changes of
// limit, budgets, failed writes, waits that run out, full queues, or bytes.
//
// # Words
//
// A state is at rest when only callers, handlers, the network's losses, hosts
// that come back or lie, and time could change it. An entry is free, live (a
// reservation), abandoned or settled.
package gatewayspec
