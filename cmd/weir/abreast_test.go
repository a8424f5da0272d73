package main

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestAbreast(t *testing.T) {
	for _, lanes := range []int{1, 2, 3, 9} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var began []int
			running, most := 0, 0
			abreast(t.Context(), lanes, 5, func(i int) {
				mu.Lock()
				began = append(began, i)
				running++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				running--
				mu.Unlock()
			})
			slices.Sort(began)
			if !slices.Equal(began, []int{0, 1, 2, 3, 4}) || most != min(lanes, 5) {
				t.Errorf("%d lanes: got %v done, %d at a time", lanes, began, most)
			}
		})
	}
}

func TestAbreastInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var did []int
	abreast(ctx, 1, 5, func(i int) {
		if did = append(did, i); i == 1 {
			cancel()
		}
	})
	if !slices.Equal(did, []int{0, 1}) {
		t.Errorf("got %v done, want none begun once interrupted", did)
	}
}

func TestLanes(t *testing.T) {
	for _, c := range []struct{ cores, woven, raced int }{{1, 1, 1}, {2, 1, 2}, {4, 2, 4}} {
		v := &verification{cores: c.cores}
		if v.lanes(woven) != c.woven || v.lanes(raced) != c.raced {
			t.Errorf("%d cores: got %d and %d lanes, want %d and %d", c.cores, v.lanes(woven), v.lanes(raced), c.woven, c.raced)
		}
	}
}
