// Package linear judges whether the history of an object that many used at once
// could have come from the object used by one at a time, and if not, says which
// few operations are wrong and why.
//
// An [Object] is a sequential specification for porcupine. [Ledger] is the
// gateway's ledger of reservations, with limits, pause and resume, and
// abandoned attempts; [Queue] is order at the peer, a queue that may lose
// messages but neither reorders nor repeats them, and the outcomes that are told
// of them; [FromSpec] makes an object of any small spec of package model. They
// are made of plain numbers, so that a history from any implementation can be
// written in them.
//
// The one invariant: a history is Ok exactly if some order of its operations,
// which respects that one had returned before the other was called, is right
// step by step; and the operations that an Illegal verdict names are wrong by
// themselves, whatever the others did.
//
// A history is a list of porcupine operations whose Input and Output have the
// types named at the object; another type is a mistake of the caller and
// panics. Call and Return are instants of one clock; two operations that share
// an instant overlap. What is not known is said: a result that nobody saw, or
// an operation that may have taken effect at any time or never ([Known]).
//
//	history := []porcupine.Operation{
//		{ClientId: 0, Call: 1, Return: 2, Input: linear.LedgerOp{Do: linear.Attach, Host: 1, Limit: 1}, Output: linear.LedgerResult{}},
//		{ClientId: 1, Call: 3, Return: 6, Input: linear.LedgerOp{Do: linear.Reserve, Host: 1}, Output: linear.LedgerResult{ID: 7, OK: true}},
//		{ClientId: 2, Call: 4, Return: 5, Input: linear.LedgerOp{Do: linear.Reserve, Host: 1}, Output: linear.LedgerResult{}},
//	}
//	verdict := linear.Judge(ctx, linear.Ledger(), history)
//	if verdict.Result != porcupine.Ok {
//		fmt.Println(verdict) // and verdict.WriteHTML for a picture
//	}
//
// Only porcupine.Ok is success; an Unknown is undecided.
//
// # One source of the rules
//
// What a free slot is, and when a host pauses and resumes, gatewayspec.Counts
// alone decides: the spec of the gateway takes its steps from there, and so
// does the ledger here. [LedgerSpec] is that same ledger as a spec, one operation
// a step, in which the checker holds the gateway's laws; a test walks its whole
// graph and finds that the object that judges histories accepts every path, and
// no other result of any step.
//
// The judge itself is not made from the graph of a spec, as FromSpec's objects
// are, because a spec has bounds, and a history has as many reservations as the
// implementation has made.
//
// # What may be left out of a history
//
// Whoever leaves operations out of a history may make it illegal by that alone:
// without its reservation, a release is wrong. So an object says what each
// operation needs, and only what is closed under that is tried: of a legal
// history every such part is legal, which the tests try on thousands. For the
// ledger that is: a reservation and whatever ended it stay together; a refusal
// or a count stays with every reservation that may have been there, and with the
// one that had left last; and all stay with the attachments and limits in force.
// An object from a spec has no such knowledge. There an operation that is left
// out is doubted instead: it may have had any result, or no effect at all.
//
// # Cost
//
// Deciding is NP-hard in the number of operations that overlap. With a few that
// do, ten thousand operations take well below a second, and to find the few that
// are wrong takes seconds. The minimisation is bounded by steps, not by the
// clock, so that it gives the same result on any machine.
//
// # Words
//
// A part of a history is a group of operations that have nothing to do with the
// others. A dead end is an order of some operations after which none of the
// others can be the next. To forget a result is to keep only the effect; to
// doubt an operation is to keep only the call.
package linear
