package reduce_test

import (
	"slices"
	"testing"

	"github.com/weir-dev/weir/faults/schedule/reduce"
)

// trim drops the zeros at the end.
func trim(list []uint32) []uint32 {
	for len(list) > 0 && list[len(list)-1] == 0 {
		list = list[:len(list)-1]
	}
	return list
}

// counted reads a list as a case does: a number of words, that many words, and
// then steps of which each word takes three. It holds whether there is at least
// one word and the step after those of the words is 7.
func counted(list []uint32) bool {
	at := func(i int) uint32 {
		if i < len(list) {
			return list[i]
		}
		return 0
	}
	words := int(at(0))
	return words > 0 && at(1+words+3*words) == 7
}

// accepting tries lists against holds and counts the tries.
func accepting(holds func([]uint32) bool) (try func([]uint32) ([]uint32, bool), tries *int) {
	tries = new(int)
	return func(list []uint32) ([]uint32, bool) {
		*tries++
		return slices.Clone(list), holds(list)
	}, tries
}

func TestList(t *testing.T) {
	for _, c := range []struct {
		name       string
		list, want []uint32
		holds      func([]uint32) bool
	}{
		{"nothing needed", []uint32{3, 1, 4, 1, 5}, nil, func([]uint32) bool { return true }},
		{"one value", []uint32{3, 9, 4, 1, 5}, []uint32{0, 5}, func(l []uint32) bool { return len(l) > 1 && l[1] > 4 }},
		{"a run goes", []uint32{0, 0, 0, 0, 0, 0, 2}, []uint32{1}, func(l []uint32) bool { return slices.ContainsFunc(l, func(v uint32) bool { return v > 0 }) }},
		// A word less brings what matters four choices forward.
		{"a number and what it asks for", append([]uint32{3, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 7), []uint32{1, 0, 0, 0, 0, 7}, counted},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !c.holds(c.list) {
				t.Fatal("the list does not hold to begin with")
			}
			try, tries := accepting(c.holds)
			got := reduce.List(c.list, try)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v after %d tries, want %v", got, *tries, c.want)
			}
		})
	}
}

// What is rejected stays as it is.
func TestListRejected(t *testing.T) {
	list := []uint32{1, 0, 0, 2}
	got := reduce.List(slices.Clone(list), func([]uint32) ([]uint32, bool) { return nil, false })
	if !slices.Equal(got, list) {
		t.Errorf("got %v, want %v", got, list)
	}
}

// No case is run twice: lists that differ in zeros at their ends are the same.
func TestListOnce(t *testing.T) {
	var tried [][]uint32
	reduce.List([]uint32{0, 0, 0, 3, 0, 0, 2, 0}, func(list []uint32) ([]uint32, bool) {
		if list = trim(list); slices.ContainsFunc(tried, func(l []uint32) bool { return slices.Equal(l, list) }) {
			t.Errorf("%v was tried twice", list)
		}
		tried = append(tried, slices.Clone(list))
		return nil, false
	})
	if len(tried) == 0 {
		t.Error("nothing was tried")
	}
}
