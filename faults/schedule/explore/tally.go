package explore

import "encoding/binary"

// tally counts what a test's schedules came to.
type tally struct {
	schedules, steps, points int
	undecided                int
	firstUndecided           string
	seen                     map[uint64]struct{}
	natives, packages        map[string]bool
	adopted                  int
}

// maxSeen bounds the schedules that are told apart.
const maxSeen = 1 << 20

func (y *tally) add(o *outcome) {
	if y.seen == nil {
		y.seen, y.natives, y.packages = map[uint64]struct{}{}, map[string]bool{}, map[string]bool{}
	}
	y.schedules++
	y.steps += o.steps
	y.points += o.points
	y.adopted += o.adopted
	if len(y.seen) < maxSeen {
		y.seen[o.hash] = struct{}{}
	}
	for n := range o.census.natives {
		y.natives[n] = true
	}
	for p := range o.census.packages {
		y.packages[p] = true
	}
}

// hashes is Note.Seen.
func (y *tally) hashes() (text []byte) {
	for h := range y.seen {
		text = binary.LittleEndian.AppendUint64(text, h)
	}
	return text
}
