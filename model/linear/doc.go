// Package linear holds the sequential specifications that porcupine judges
// concurrent histories by: what the object would answer if its operations took
// effect one at a time.
//
// [Ledger] is the gateway's ledger of reservations; [Queue] is order at the
// peer, a queue that may lose messages but neither reorders nor repeats them.
// Both are made of plain numbers, so that a history from any implementation
// can be written in them. Every call returns a model of its own.
//
// The one invariant: a history is accepted exactly if some order of its
// operations, which respects that one had returned before the other was
// called, is right step by step.
//
// A history is a list of porcupine operations whose Input and Output have the
// types named at the model; another type is a mistake of the caller and
// panics. Histories are complete: an operation that has not returned, and of
// which nobody knows whether it took effect, is not for the ledger; for the
// queue see [Queue].
//
//	history := []porcupine.Operation{
//		{ClientId: 0, Call: 1, Return: 2, Input: linear.LedgerOp{Do: linear.Attach, Host: 1, Limit: 1}, Output: linear.LedgerResult{}},
//		{ClientId: 1, Call: 3, Return: 6, Input: linear.LedgerOp{Do: linear.Reserve, Host: 1}, Output: linear.LedgerResult{ID: 7, OK: true}},
//		{ClientId: 2, Call: 4, Return: 5, Input: linear.LedgerOp{Do: linear.Reserve, Host: 1}, Output: linear.LedgerResult{}},
//	}
//	verdict := porcupine.CheckOperationsTimeout(linear.Ledger(), history, time.Minute)
//
// Only porcupine.Ok is success; an Unknown is undecided.
package linear
