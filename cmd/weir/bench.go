package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/weir-dev/weir/protocol"
)

// bench is the measurement of the 2018 figure: how many messages a second a
// Remote carries, by the size of its buffer.
type bench struct {
	load    benchLoad
	buffers []int // of the Remote, in messages
	series  []benchSeries
	count   int // repetitions of the whole figure
}

// benchLoad is what every run is put under.
type benchLoad struct {
	messages int           // in one burst
	bytes    int           // of one payload
	runMin   time.Duration // bursts are repeated for at least so long
}

// benchCountMax bounds the repetitions; it is hours of measuring.
const benchCountMax = 1000

// benchRunMax is when a run is given up: one takes less than a second, so that
// something hangs.
const benchRunMax = time.Minute

var errBenchSlow = fmt.Errorf("the run was given up after %v", benchRunMax)

// bench2018 is the load of the published figure, with buffers and messages as
// there. The article does not tell the payload; 64 bytes is what raw loops are
// usually measured with. Its runs were single bursts; a burst takes about 10 ms
// now, which is too little to time.
func bench2018(count int) bench {
	return bench{
		load:    benchLoad{messages: 5000, bytes: 64, runMin: 150 * time.Millisecond},
		buffers: []int{512, 1024, 2048, 3072, 4096, 5120},
		series:  benchAllSeries,
		count:   count,
	}
}

// benchCommand reads the flags of bench, measures, and writes table and plot.
// When ctx is done the repetitions that were finished are still printed, and the
// error wraps that of ctx.
func benchCommand(ctx context.Context, args []string, out, errs io.Writer) error {
	f := newFlags("bench")
	count := f.Int("count", 5, "repetitions")
	svg := f.String("svg", filepath.Join("out", "bench.svg"), "file for the plot; taken from the root of the checkout when relative")
	if err := parse(f, args); err != nil {
		return err
	}
	if *count < 1 || *count > benchCountMax {
		return usageError{fmt.Errorf("bench: --count is %d, want 1 to %d repetitions", *count, benchCountMax)}
	}
	if *svg == "" {
		return usageError{errors.New("bench: --svg is empty, want a file for the plot")}
	}
	path := *svg
	if !filepath.IsAbs(path) {
		root, err := findRoot()
		if err != nil {
			return err
		}
		path = filepath.Join(root, path)
	}
	return bench2018(*count).report(ctx, path, out, errs)
}

// report measures, prints the table and writes the plot to path.
func (b bench) report(ctx context.Context, path string, out, errs io.Writer) error {
	p := newProgress(errs)
	figure, err := b.measure(ctx, p)
	p.say("measured %d of %d repetitions", figure.repetitions, b.count)
	if figure.repetitions > 0 {
		fmt.Fprint(out, figure.table())
	}
	if ctx.Err() != nil {
		return fmt.Errorf("bench: interrupted after %d of %d repetitions, no plot was written: %w", figure.repetitions, b.count, ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	picture, err := figure.svg()
	if err != nil {
		return fmt.Errorf("bench: plot: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("bench: plot: %w", err)
	}
	if err := os.WriteFile(path, picture, 0o666); err != nil {
		return fmt.Errorf("bench: plot: %w", err)
	}
	_, err = fmt.Fprintf(out, "\nplot: %s\n", path)
	return err
}

// measure repeats the figure count times. What it returns with an error holds
// the repetitions that were finished.
func (b bench) measure(ctx context.Context, p *progress) (*benchFigure, error) {
	figure := b.newFigure()
	for i := range b.count {
		samples, err := b.repetition(ctx, func(buffer int, name string) {
			p.step("repetition %d of %d, buffer %d: %s", i+1, b.count, buffer, name)
		})
		if err != nil {
			return figure, err
		}
		figure.add(samples)
	}
	return figure, nil
}

// benchSample is what one run measured.
type benchSample struct {
	rate     float64 // messages a second
	perFrame float64 // messages a frame, on the way to the peer
}

// benchMoment is one buffer size of one repetition: its runs follow each other
// at once, so that ratios between them are of the same moment.
type benchMoment struct {
	raw    map[benchRaw]float64 // messages a second
	series []benchSample        // as in bench.series
}

// repetition measures every buffer size once.
func (b bench) repetition(ctx context.Context, step func(buffer int, name string)) ([]benchMoment, error) {
	moments := make([]benchMoment, len(b.buffers))
	for i, buffer := range b.buffers {
		m := benchMoment{raw: make(map[benchRaw]float64), series: make([]benchSample, len(b.series))}
		for _, raw := range benchRaws {
			step(buffer, raw.String())
			rate, err := b.load.raw(ctx, raw)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", raw, err)
			}
			m.raw[raw] = rate
		}
		for j, s := range b.series {
			step(buffer, s.name)
			sample, err := b.load.remote(ctx, s, buffer)
			if err != nil {
				return nil, fmt.Errorf("%s with buffer %d: %w", s.name, buffer, err)
			}
			m.series[j] = sample
		}
		moments[i] = m
	}
	return moments, nil
}

// sustain repeats burst for at least runMin and returns messages a second. A
// burst before them is not counted: it makes the connection.
func (l benchLoad) sustain(ctx context.Context, burst func(context.Context) error) (float64, error) {
	if err := burst(ctx); err != nil {
		return 0, err
	}
	// The garbage of the run before is not this one's.
	runtime.GC()
	start := time.Now()
	for n := 1; ; n++ {
		if err := burst(ctx); err != nil {
			return 0, err
		}
		if took := time.Since(start); took >= l.runMin {
			return float64(n*l.messages) / took.Seconds(), nil
		}
	}
}

// conditions says under what the figure was measured, line by line.
func (b bench) conditions() []string {
	return []string{
		fmt.Sprintf("go %s, grpc %s, %s/%s, GOMAXPROCS %d", strings.TrimPrefix(runtime.Version(), "go"), grpc.Version, runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0)),
		"loopback TCP, client and server in one process: they share its cores",
		fmt.Sprintf("bursts of %s messages, payload %d bytes each way, counted at the dispatcher", grouped(b.load.messages), b.load.bytes),
		fmt.Sprintf("window %s messages (sync: 1), frames of at most %d messages", grouped(int(protocol.Window.Default)), protocol.FrameMessages.Default),
		"raw loops: grpc alone, one stream, 1 message a frame; in flight 1 (ping-pong), or what flow control lets through (pipelined)",
	}
}

// grouped writes n with a comma before every three digits.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
