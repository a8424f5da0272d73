package main

import (
	"fmt"
	"slices"
	"strings"
)

// benchFigure is what was measured.
type benchFigure struct {
	bench
	repetitions int
	raw         map[benchRaw]*benchSpread
	points      []*benchPoint // by series, then by buffer
}

// benchPoint is one series at one buffer size.
type benchPoint struct {
	series                benchSeries
	buffer                int
	rate, ratio, perFrame benchSpread
}

// newFigure returns the figure of b with nothing in it yet.
func (b bench) newFigure() *benchFigure {
	f := &benchFigure{bench: b, raw: make(map[benchRaw]*benchSpread)}
	for _, r := range benchRaws {
		f.raw[r] = &benchSpread{}
	}
	for _, s := range b.series {
		for _, buffer := range b.buffers {
			f.points = append(f.points, &benchPoint{series: s, buffer: buffer})
		}
	}
	return f
}

// add enters one whole repetition.
func (f *benchFigure) add(moments []benchMoment) {
	f.repetitions++
	for i, m := range moments {
		for raw, rate := range m.raw {
			f.raw[raw].add(rate)
		}
		for j, s := range m.series {
			p := f.points[j*len(f.buffers)+i]
			p.rate.add(s.rate)
			p.ratio.add(s.rate / m.raw[p.series.raw])
			p.perFrame.add(s.perFrame)
		}
	}
}

// of returns the points of the series, by buffer.
func (f *benchFigure) of(name string) []*benchPoint {
	var points []*benchPoint
	for _, p := range f.points {
		if p.series.name == name {
			points = append(points, p)
		}
	}
	return points
}

// benchSpread is what repetitions measured of one thing.
type benchSpread struct{ values []float64 }

// add keeps values sorted.
func (s *benchSpread) add(v float64) {
	i, _ := slices.BinarySearch(s.values, v)
	s.values = slices.Insert(s.values, i, v)
}

// The spread must hold a value.
func (s *benchSpread) min() float64 { return s.values[0] }
func (s *benchSpread) max() float64 { return s.values[len(s.values)-1] }

func (s *benchSpread) median() float64 {
	n := len(s.values)
	return (s.values[(n-1)/2] + s.values[n/2]) / 2
}

// kilo writes the spread in thousands.
func (s *benchSpread) kilo() (median, span string) {
	return fmt.Sprintf("%.1f k", s.median()/1e3), fmt.Sprintf("%.1f-%.1f k", s.min()/1e3, s.max()/1e3)
}

// table prints the figure. At least one repetition must be in it.
func (f *benchFigure) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "A Remote under the load of the 2018 figure\n\n")
	for _, line := range f.conditions() {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	fmt.Fprintf(&b, "  medians (least-most) of %d interleaved repetitions; a run repeats bursts for at least %v\n", f.repetitions, f.load.runMin)
	fmt.Fprintf(&b, "  sync, async: each message from a goroutine of its own; iorder: async, one caller, order of dispatch checked\n")
	fmt.Fprintf(&b, "  x raw: to the raw loop of the same moment: sync to ping-pong, async and iorder to pipelined\n")
	row := func(cells ...any) {
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("%-13s %6v %9s %15s %6s %11s %9s  %s", cells...), " "))
	}
	fmt.Fprintln(&b)
	row("series", "buffer", "msg/s", "least-most", "x raw", "least-most", "msg/frame", "published 2018")
	for _, p := range f.points {
		rate, span := p.rate.kilo()
		row(p.series.name, p.buffer, rate, span,
			fmt.Sprintf("%.2f", p.ratio.median()), fmt.Sprintf("%.2f-%.2f", p.ratio.min(), p.ratio.max()),
			fmt.Sprintf("%.1f", p.perFrame.median()), benchPublishedAt(p.series.name, p.buffer))
	}
	for _, r := range benchRaws {
		rate, span := f.raw[r].kilo()
		row(r.String(), "-", rate, span, "1.00", "", "1.0", "")
	}
	return b.String()
}
