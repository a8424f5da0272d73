// Package toy moves amounts between accounts and locks them in the order in
// which it is told of them.
package toy

import "sync"

type account struct {
	mu      sync.Mutex
	balance int
}

type move struct {
	from, to *account
	amount   int
}

func (m *move) do() {
	m.from.mu.Lock()
	m.to.mu.Lock()
	m.from.balance -= m.amount
	m.to.balance += m.amount
	m.to.mu.Unlock()
	m.from.mu.Unlock()
}

// Run doesn't return if two moves wait for each other.
func Run() bool {
	a := &account{balance: 10}
	b := &account{balance: 10}
	c := &account{balance: 10}
	moves := []*move{{from: a, to: b, amount: 1}, {from: b, to: c, amount: 2}, {from: c, to: a, amount: 3}}
	var all sync.WaitGroup
	for _, m := range moves {
		all.Add(1)
		go func() {
			defer all.Done()
			m.do()
		}()
	}
	all.Wait()
	return a.balance+b.balance+c.balance != 30
}
