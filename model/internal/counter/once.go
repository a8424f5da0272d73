package counter

import "github.com/weir-dev/weir/model"

// Once is a server that remembers whom it has served.
func Once() *model.Spec[State] { return spec(true) }

// Answered says, too, that whoever asks is served.
func Answered() *model.Spec[State] {
	sp := Once()
	waiting := func(s *State) bool {
		return s.Clients[0].At == waits || s.Clients[1].At == waits
	}
	sp.Laws = append(sp.Laws, model.Law[State]{
		Slug: "counter/answered", Kind: model.LeadsTo,
		When:  waiting,
		Holds: func(s *State) bool { return !waiting(s) },
	})
	return sp
}

// Weak promises that what stays possible is done at last, for each client.
func Weak() *model.Spec[State] {
	sp := Answered()
	sp.Fair = []model.Fair{
		{Action: again, By: 1},
		{Action: add, By: 1},
		{Action: done, By: 1},
	}
	return sp
}

// Strong promises that a message which is sent over and over gets through.
func Strong() *model.Spec[State] {
	sp := Answered()
	sp.Fair = []model.Fair{
		{Action: again, By: 1},
		{Action: add, By: 1, Strength: model.Strong},
		{Action: done, By: 1, Strength: model.Strong},
	}
	return sp
}

// Symmetric does not tell the clients apart.
func Symmetric() *model.Spec[State] {
	sp := Once()
	swap := func(s *State) {
		s.Clients[0], s.Clients[1] = s.Clients[1], s.Clients[0]
	}
	sp.Symmetry = &model.Symmetry[State]{
		Canon: func(s *State) {
			if s.Clients[1].rank() < s.Clients[0].rank() {
				swap(s)
			}
		},
		Swaps: []func(*State){swap},
	}
	return sp
}

// rank orders clients: no two that differ have the same.
func (c client) rank() int {
	r := int(c.At)<<8 | int(c.Added)
	if c.Request {
		r |= 1 << 16
	}
	if c.Reply {
		r |= 1 << 17
	}
	return r
}
