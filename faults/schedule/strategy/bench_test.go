package strategy_test

import (
	"testing"

	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// BenchmarkStrategies shows what choosing costs: schedules a second of one
// small program, to be compared with each other.
func BenchmarkStrategies(b *testing.B) {
	for _, m := range makers {
		b.Run(m.name, func(b *testing.B) {
			s, done := m.make(1), 0
			for b.Loop() {
				c, ok := s.Next()
				if !ok {
					done += count(s)
					s = m.make(1)
					continue
				}
				play(b, c, toys[1])
				s.Done(strategy.Outcome{})
			}
			b.ReportMetric(float64(done+count(s))/b.Elapsed().Seconds(), "schedules/s")
		})
	}
}

func count(s strategy.Strategy) (schedules int) {
	for _, r := range s.Report() {
		schedules += r.Schedules
	}
	return schedules
}
