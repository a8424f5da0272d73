package model

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
)

// Four workers add overlapping sets; each fingerprint is fresh for one of them.
func TestTableIsASet(t *testing.T) {
	tb := newTable[uint8](1, &budget{limit: 1 << 20})
	rng := rand.New(rand.NewPCG(7, 7))
	fps := make([]uint64, 20_000)
	want := map[uint64]bool{}
	for i := range fps {
		// Small numbers all begin at the first place, so that chains are long;
		// all ones begin at the last, so that chains wrap around.
		switch v := rng.Uint64(); i % 20 {
		case 0:
			fps[i] = v%500 + 1
		case 1:
			fps[i] = ^(v % 500)
		default:
			fps[i] = v%30_000*0x9e3779b97f4a7c15 | 1
		}
		want[fps[i]] = true
	}
	var fresh atomic.Int64
	var wg sync.WaitGroup
	for k := range 4 {
		wg.Go(func() {
			for i := 0; i < len(fps); i += 100 {
				part := fps[(i+k*5000)%len(fps):][:100]
				isFresh := make([]bool, 100)
				tb.add(nil, part, isFresh)
				for _, f := range isFresh {
					if f {
						fresh.Add(1)
					}
				}
			}
		})
	}
	wg.Wait()
	if tb.size() != len(want) || int(fresh.Load()) != len(want) {
		t.Errorf("got size %d, %d fresh; want %d", tb.size(), fresh.Load(), len(want))
	}
	if tb.taken.Load() != tb.n.Load() || tb.n.Load() > tb.limit() {
		t.Errorf("%d fingerprints and %d claims in %d places: want no claim left and at most three quarters", tb.n.Load(), tb.taken.Load()-tb.n.Load(), len(tb.words.at))
	}
}

// Every bit of every byte counts, at each length that the hash treats apart.
func TestFingerprintSeesEveryBit(t *testing.T) {
	seen := map[uint64]string{}
	for n := range 70 {
		p := make([]byte, n)
		check := func(what string) {
			fp := fingerprint(p)
			if fp == 0 {
				t.Errorf("%d bytes: the fingerprint is 0", n)
			}
			if old, ok := seen[fp]; ok {
				t.Errorf("%d bytes, %s: the fingerprint of %s", n, what, old)
			}
			seen[fp] = what
		}
		check("zero")
		for i := range 8 * n {
			p[i/8] ^= 1 << (i % 8)
			check("one bit")
			p[i/8] ^= 1 << (i % 8)
		}
	}
}

func TestDoDoesNotAllocate(t *testing.T) {
	var s cell
	x := &Next[cell]{from: &s}
	x.room(8)
	r := 3
	if n := testing.AllocsPerRun(100, func() {
		x.n = 0
		for h := range 4 {
			x.Do(1, r, h, h+1, -h).V[0]++
		}
	}); n != 0 {
		t.Errorf("Do allocates %v times", n)
	}
}
