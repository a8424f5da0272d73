package model

// labels gives every label that occurs in a graph a small number.
type labels struct {
	number map[Label]uint16
	list   []Label // by number
	recent [1 << 10]recentLabel
}

// recentLabel spares the map for labels that were seen a moment ago.
type recentLabel struct {
	label Label
	id    uint16 // number+1, 0: empty
}

// maxLabels is how many labels may have numbers.
const maxLabels = 1<<16 - 1

func newLabels() *labels { return &labels{number: map[Label]uint16{}} }

// numberOf returns the number of l. It is only meant as long as there are no
// more than maxLabels labels.
func (b *labels) numberOf(l Label) uint16 {
	r := &b.recent[l.hash()>>54]
	if r.id != 0 && r.label == l {
		return r.id - 1
	}
	id, ok := b.number[l]
	if !ok {
		id = uint16(len(b.list)) // beyond maxLabels it is never used
		b.number[l] = id
		b.list = append(b.list, l)
	}
	r.label, r.id = l, id+1
	return id
}
