package properties

import (
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// stuckAfter is how long a case may take in real time without a single choice
// unless the settings say otherwise.
const stuckAfter = 100 * time.Second

// watch ends the process when a case is stuck in real time: a goroutine that
// spins, or waits for something that is not of its bubble.
func (e *explorer) watch(stop chan struct{}) {
	seen, since := e.beat.Load(), time.Now()
	for {
		select {
		case <-stop:
			return
		case <-time.After(e.job.Stuck / 100):
		}
		if b := e.beat.Load(); b != seen {
			seen, since = b, time.Now()
			continue
		}
		if time.Since(since) > e.job.Stuck {
			buf := make([]byte, 1<<20)
			e.report.write(Note{Undecided: fmt.Sprintf("stuck in real time for %v (run it woven to see where):\n%s", e.job.Stuck, buf[:runtime.Stack(buf, true)])})
			os.Exit(1)
		}
	}
}

// beating counts choices as signs of life.
type beating struct {
	schedule.Chooser
	beat *atomic.Int64
}

// Choose draws one choice.
func (b beating) Choose(c *schedule.Choice) int {
	b.beat.Add(1)
	return b.Chooser.Choose(c)
}
