package properties_test

import (
	"testing"

	"github.com/weir-dev/weir/faults/schedule/strategy"
	"github.com/weir-dev/weir/properties"
)

// BenchmarkRemote runs schedules of one case: a whole Remote in mode Async with
// a window of 2, 6 messages of 2 callers, and one cut of the link at a moment of
// the schedule's choice. Each is judged by every law. It says something about
// controlled code only where impl is woven; "points" tells.
func BenchmarkRemote(b *testing.B) {
	fixed := properties.BenchRemote(newReferenceRemote)
	for _, s := range []struct {
		name string
		make func(seed uint64) strategy.Strategy
	}{{"random", strategy.Random}, {"portfolio", properties.NewSearch}} {
		b.Run(s.name, func(b *testing.B) {
			search := s.make(1)
			b.ReportAllocs()
			steps, points, cuts := 0, 0, 0
			for b.Loop() {
				chooser, ok := search.Next()
				if !ok {
					b.Fatal("the strategy has come to its end")
				}
				o := fixed.Fixed(chooser)
				if o.Wrong != "" {
					b.Fatal(o.Wrong)
				}
				search.Done(strategy.Outcome{})
				steps, points, cuts = steps+o.Steps, points+o.Points, cuts+o.Fired
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "schedules/s")
			each(b, "steps", steps)
			each(b, "points", points)
			each(b, "cuts", cuts)
		})
	}
}

// each reports how many of something a run had.
func each(b *testing.B, what string, n int) {
	b.ReportMetric(float64(n)/float64(b.N), what+"/op")
}

// BenchmarkReplay draws a case, runs its choices again, and counts those that
// were the same in every record.
func BenchmarkReplay(b *testing.B) {
	for _, s := range []struct {
		name  string
		bench properties.Bench
	}{{"remote", properties.BenchRemote(newReferenceRemote)}, {"gateway", properties.BenchGateway(newReferenceGateway, newReferenceHost)}} {
		b.Run(s.name, func(b *testing.B) {
			identical, points := 0, 0
			for seed := uint64(1); b.Loop(); seed++ {
				o := s.bench.Drawn(seed)
				points += o.Points
				if difference := s.bench.Again(o); difference != "" {
					b.Logf("seed %d: %s", seed, difference)
					continue
				}
				identical++
			}
			b.ReportMetric(float64(identical), "identical")
			each(b, "points", points)
		})
	}
}

// BenchmarkSwitch is what a step of a schedule is compared with: a goroutine
// hands over to another and gets its turn back, by channels alone.
func BenchmarkSwitch(b *testing.B) {
	there, back := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(back)
		for range there {
			back <- struct{}{}
		}
	}()
	for b.Loop() {
		there <- struct{}{}
		<-back
	}
	close(there)
	<-back
}
