package linear_test

import (
	"context"
	"fmt"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
)

// Two clients were both granted the only place at a host.
func ExampleJudge() {
	history := []porcupine.Operation{
		{ClientId: 0, Call: 1, Return: 2, Input: linear.LedgerOp{Do: linear.Attach, Host: 1, Limit: 1}, Output: linear.LedgerResult{}},
		{ClientId: 0, Call: 3, Return: 4, Input: linear.LedgerOp{Do: linear.Count, Host: 1}, Output: linear.LedgerResult{N: 0}},
		{ClientId: 1, Call: 5, Return: 8, Input: linear.LedgerOp{Do: linear.Reserve, Host: 1}, Output: linear.LedgerResult{ID: 7, OK: true}},
		{ClientId: 2, Call: 6, Return: 7, Input: linear.LedgerOp{Do: linear.Reserve, Host: 1}, Output: linear.LedgerResult{ID: 8, OK: true}},
		{ClientId: 1, Call: 9, Return: 10, Input: linear.LedgerOp{Do: linear.Release, ID: 7}, Output: linear.LedgerResult{OK: true}},
	}
	fmt.Println(linear.Judge(context.Background(), linear.Ledger(), history))
	// Output:
	// No order of these 3 operations gives these results, whatever the other 2 of 5 did (no fewer are wrong by themselves):
	//   [1] client 0: attach(h1, limit 1)
	//   [2] client 1: reserve(h1) -> #7
	//   [3] client 2: reserve(h1) -> #8
	// In either order: [2] and [3], which overlap.
	// Had returned before it was called: [1] before [2], [1] before [3].
	// After [1] [2] the ledger is: h1 [7] of 1, paused.
	//   Next cannot be [3] reserve(h1) -> #8: the ledger would have said refused.
	// After [1] [3] the ledger is: h1 [8] of 1, paused.
	//   Next cannot be [2] reserve(h1) -> #7: the ledger would have said refused.
}

// Who has a spec for the checker can judge histories by it: here of a lock,
// whose holder said so just before another client was given it. The answer of
// the first take was lost.
func ExampleFromSpec() {
	object, err := linear.FromSpec(context.Background(), lockSpec(2), 100, lockLabels)
	if err != nil {
		fmt.Println(err)
		return
	}
	history := []porcupine.Operation{
		{ClientId: 1, Call: 1, Return: 100, Input: ask{lockTake, 1}, Output: nil},
		{ClientId: 1, Call: 2, Return: 3, Input: ask{lockRead, 0}, Output: 1},
		{ClientId: 2, Call: 4, Return: 5, Input: ask{lockTake, 2}, Output: 1},
	}
	fmt.Println(linear.Judge(context.Background(), object, history))
	// Output:
	// No order of these 2 operations gives these results, whatever the other 1 of 3 did (no fewer are wrong by themselves):
	//   [1] client 1: read(1)
	//   [2] client 2: take(2, 1)
	// Each had returned before the next was called.
	// After [1] the lock is: {Holder:1}.
	//   Next cannot be [2] take(2, 1): the lock would have said take(2, 0).
	// So there is no place for [2].
}
