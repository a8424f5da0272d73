package explore

import (
	"hash/maphash"
	"sync"
)

// shown is what the schedules of a test have shown, by T.Saw.
type shown struct {
	mu   sync.Mutex // never held at a point
	keys map[uint64]struct{}
}

// shownSeed is the same in the whole process; no hash leaves it.
var shownSeed = maphash.MakeSeed()

// add reports whether it is the first to show the key.
func (s *shown) add(key string) bool {
	h := maphash.String(shownSeed, key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.keys[h]; ok || len(s.keys) >= maxSeen {
		return false
	}
	if s.keys == nil {
		s.keys = map[uint64]struct{}{}
	}
	s.keys[h] = struct{}{}
	return true
}

func (s *shown) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.keys)
}
