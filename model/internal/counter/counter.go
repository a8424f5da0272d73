// Package counter is the spec that docs/model.md writes from nothing: clients ask
// a server to add one to a counter, over a network that loses messages.
//
// Its one invariant: what the page shows is what is compiled and run here; a test
// compares the two. It is no part of any protocol, and refuses nothing.
//
// # Words
//
// A server that remembers knows whom it has served.
package counter

import "github.com/weir-dev/weir/model"

// State is all there is to know at one instant.
type State struct{ Clients [2]client }

type client struct {
	At             uint8 // idle, waits or served
	Request, Reply bool  // on the wire
	Added          uint8 // how often the server has added one for it
}

const idle, waits, served = 0, 1, 2

const ask, again, lose, add, done model.Action = 0, 1, 2, 3, 4

func spec(remembers bool) *model.Spec[State] {
	return &model.Spec[State]{
		Name: "counter", Init: []State{{}},
		Actions: []string{"ask", "again", "lose", "add", "done"},
		Next: func(s *State, x *model.Next[State]) {
			for i, c := range s.Clients {
				do := func(a model.Action) *client { return &x.Do(a, i).Clients[i] }
				if c.At == idle {
					*do(ask) = client{At: waits, Request: true}
				}
				if c.At == waits && !c.Request { // its patience is over
					do(again).Request = true
				}
				if c.Request || c.Reply { // the connection breaks
					*do(lose) = client{At: c.At, Added: c.Added}
				}
				if c.Request {
					t := do(add)
					*t = client{At: c.At, Reply: true, Added: c.Added + 1}
					if remembers {
						t.Added = 1
					}
				}
				if c.Reply {
					*do(done) = client{At: served, Request: c.Request, Added: c.Added}
				}
			}
		},
		Laws: []model.Law[State]{
			{Slug: "counter/at-most-once", Holds: func(s *State) bool {
				return s.Clients[0].Added <= 1 && s.Clients[1].Added <= 1
			}},
			{Slug: "counter/all-served", Kind: model.Sometimes, Holds: allServed},
		},
		Done: allServed,
	}
}

func allServed(s *State) bool {
	return s.Clients[0].At == served && s.Clients[1].At == served
}

// Spec is a server that adds one for every request that it gets.
func Spec() *model.Spec[State] { return spec(false) }
