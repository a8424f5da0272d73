package model

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxArgs is the largest number of arguments of an action.
const MaxArgs = 4

// maxActions is what an Action can index.
const maxActions = 256

// A Label names a step: an action and its arguments. Labels are comparable,
// and in one state no two steps to different states have the same label.
type Label struct {
	Action Action
	N      uint8 // how many of Args are used
	Args   [MaxArgs]int16
}

// hash spreads labels over the high bits of a word.
func (l *Label) hash() uint64 {
	v := uint64(uint16(l.Args[0])) | uint64(uint16(l.Args[1]))<<16 | uint64(uint16(l.Args[2]))<<32 | uint64(uint16(l.Args[3]))<<48
	return (v ^ uint64(l.Action)<<24 ^ uint64(l.N)<<8) * hashKey1
}

// bit maps the label to one bit of a word: labels with different bits differ.
func (l *Label) bit() uint64 { return 1 << (l.hash() >> 58) }

// LabelString prints a label as stories do: "reserve(r1, h0)", or the action's
// name alone when it has no arguments. It may be called at any time and from
// any goroutine, also with a label that the spec does not know.
func (sp *Spec[S]) LabelString(l Label) string {
	name := fmt.Sprintf("action(%d)", l.Action)
	if int(l.Action) < len(sp.Actions) {
		name = sp.Actions[l.Action]
	}
	if l.N == 0 {
		return name
	}
	args := make([]string, min(int(l.N), MaxArgs))
	for i := range args {
		if sp.ArgName != nil {
			args[i] = sp.ArgName(l.Action, i, l.Args[i])
		} else {
			args[i] = strconv.Itoa(int(l.Args[i]))
		}
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}
