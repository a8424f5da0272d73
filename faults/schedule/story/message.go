package story

import (
	"regexp"
	"strings"
)

// message is what the name of an action says about parties.
type message struct {
	from, to string // empty if it names none
	fault    bool
}

// between finds the parties in the name of an action: "deliver a->b#1 up 3".
var between = regexp.MustCompile(`^(\w[\w-]*) (\w[\w.-]*)->(\w[\w.-]*)`)

// messageOf reads the name of an action. What moves something along a link is
// no fault; "down" moves it back to who opened the link.
func messageOf(step *Step) message {
	m := between.FindStringSubmatch(step.Text)
	if m == nil {
		return message{}
	}
	switch m[1] {
	case "deliver", "accept", "header", "close":
		if strings.Contains(step.Text+" ", " down ") {
			return message{from: m[3], to: m[2]}
		}
		return message{from: m[2], to: m[3]}
	}
	return message{m[2], m[3], true}
}
