package woven

import (
	"testing"

	"github.com/cskr/pubsub"
	"github.com/weir-dev/weir/faults/schedule/explore"
)

// Subscribers get what is published after they subscribed, in order, and
// Shutdown closes their channels.
func TestPubsub(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		ps := pubsub.New(1)
		var subs []chan any
		for range 2 {
			subs = append(subs, ps.Sub("topic"))
		}
		done := make(chan bool)
		for _, ch := range subs {
			go func() {
				next := 0
				for m := range ch {
					if m != next {
						t.Errorf("got message %v, want %d", m, next)
					}
					next++
				}
				if next != 3 {
					t.Errorf("got %d messages, want 3", next)
				}
				done <- true
			}()
		}
		for i := range 3 {
			ps.Pub(i, "topic")
		}
		ps.Shutdown()
		for range subs {
			<-done
		}
	})
}
