package model

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// After every doubling each word is found from its place on, none is there
// twice, and none was lost; also where many words belong to the same place, and
// where chains wrap around the end. It is the same with memory from the heap.
func TestWordsDouble(t *testing.T) {
	for _, heap := range []bool{false, true} {
		for seed := range uint64(40) {
			t.Run(fmt.Sprintf("heap=%v/%d", heap, seed), func(t *testing.T) {
				b := &budget{limit: 1 << 24, heap: heap}
				w := newWords(1, b)
				rng := rand.New(rand.NewPCG(seed, 3))
				want := map[uint64]bool{}
				for range 3000 {
					var v uint64
					switch rng.IntN(4) {
					case 0:
						v = rng.Uint64N(500) + 1 // all belong to the first place
					case 1:
						v = ^rng.Uint64N(500) // all to the last
					case 2:
						v = rng.Uint64() | 1
					default:
						v = rng.Uint64N(8)<<61 | rng.Uint64N(1<<20) + 1 // a few long chains
					}
					if len(want) >= len(w.at)/4*3 {
						if !w.double() {
							t.Fatal("there is no memory")
						}
						holds(t, &w, want)
					}
					if !want[v] {
						want[v] = true
						put(w.at, v>>w.shift, uint64(len(w.at)-1), v)
					}
				}
				holds(t, &w, want)
				if w.budget.used.Load() != 8*int64(len(w.at)) {
					t.Errorf("got %d bytes taken for %d places", w.budget.used.Load(), len(w.at))
				}
				w.free()
				if w.double() || b.used.Load() != 0 {
					t.Errorf("a table that was given back grows, or keeps %d bytes", b.used.Load())
				}
			})
		}
	}
}

func holds(t *testing.T, w *words, want map[uint64]bool) {
	t.Helper()
	held := map[uint64]bool{}
	for _, v := range w.at {
		if held[v] && v != 0 {
			t.Fatalf("%#x is there twice", v)
		}
		held[v] = true
	}
	delete(held, 0)
	if len(held) != len(want) {
		t.Fatalf("%d places hold %d words, want %d", len(w.at), len(held), len(want))
	}
	for v := range want {
		mask := uint64(len(w.at) - 1)
		p := v >> w.shift
		for w.at[p&mask] != v {
			if w.at[p&mask] == 0 {
				t.Fatalf("%#x is not found in %d places", v, len(w.at))
			}
			p++
		}
	}
}

// A table that may not grow any more stays as it is.
func TestWordsWithoutMemory(t *testing.T) {
	b := &budget{limit: 1 << 10}
	w := newWords(64, b)
	put(w.at, 5>>w.shift, 63, 5)
	if !w.double() || w.double() || len(w.at) != 128 {
		t.Errorf("got %d places, want that the table doubles once, to 128", len(w.at))
	}
	holds(t, &w, map[uint64]bool{5: true})
	w.free()
	if w := newWords(256, b); w.at != nil || b.used.Load() != 0 {
		t.Errorf("got %d places, %d bytes taken; want none", len(w.at), b.used.Load())
	}
}
