package linear

import "slices"

// insert is a new sorted list with one element more.
func insert[E any](list []E, e E, order func(a, b E) int) []E {
	i, _ := slices.BinarySearchFunc(list, e, order)
	longer := make([]E, 0, len(list)+1)
	longer = append(longer, list[:i]...)
	longer = append(longer, e)
	return append(longer, list[i:]...)
}

// hash is FNV-1a over words instead of bytes.
type hash uint64

func newHash() hash { return 14695981039346656037 }

func (h *hash) add(v uint64) { *h = (*h ^ hash(v)) * 1099511628211 }
