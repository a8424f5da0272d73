package counter

import (
	"fmt"

	"github.com/weir-dev/weir/model"
)

// Drawn has the lifelines of diagrams: client 0, client 1, server.
func Drawn() *model.Spec[State] {
	sp := Spec()
	sp.Parties = func(_ *State, l model.Label, _ *State) (actor, other string) {
		who := fmt.Sprintf("client %d", l.Args[0])
		switch l.Action {
		case add:
			return "server", ""
		case done:
			return "server", who
		case lose:
			return who, ""
		}
		return who, "server"
	}
	return sp
}
