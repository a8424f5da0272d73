package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/weir-dev/weir/protocol"
)

// tinyBench is a figure of a few messages.
func tinyBench() bench {
	return bench{load: benchLoad{messages: 20, bytes: 64}, buffers: []int{1, 512}, series: benchAllSeries, count: 2}
}

// noLeaks fails the test if it leaves a goroutine behind.
func noLeaks(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

func TestBenchWritesTableAndPlot(t *testing.T) {
	noLeaks(t)
	var out, errs bytes.Buffer
	path := filepath.Join(t.TempDir(), "new", "bench.svg")
	if err := tinyBench().report(t.Context(), path, &out, &errs); err != nil {
		t.Fatal(err)
	}
	table := out.String()
	for _, want := range []string{"grpc 1.", "GOMAXPROCS", "payload 64 bytes", "one process", "bursts of 20 messages", "window 1,024", "medians (least-most) of 2", "plot: " + path} {
		if !strings.Contains(table, want) {
			t.Errorf("the output does not say %q:\n%s", want, table)
		}
	}
	checkRows(t, table)
	picture, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	checkPicture(t, picture)
}

// checkRows checks that the table has one row a point and a raw loop, in order.
func checkRows(t *testing.T, table string) {
	t.Helper()
	_, table, found := strings.Cut(table, "\nseries ")
	if !found {
		t.Fatalf("there is no table in:\n%s", table)
	}
	want := []string{"sync 1 ", "sync 512 ", "async 1 ", "async 512 ", "iorder 1 ", "iorder 512 ", "raw ping-pong - ", "raw pipelined - "}
	published := []string{"~15-16 k", "~15-16 k", "", "~105 k", "~117-119 k", "~117-119 k", "", ""}
	rows := strings.Split(table, "\n")[1:]
	for i := range want {
		row := strings.Join(strings.Fields(rows[i]), " ")
		if !strings.HasPrefix(row, want[i]) || strings.Contains(row, "NaN") || strings.Contains(row, "Inf") || strings.Contains(row, " 0.0 ") {
			t.Errorf("row %d is %q, want one of %s", i, row, want[i])
		}
		if got := strings.Count(row, "~"); !strings.HasSuffix(row, published[i]) || got != strings.Count(published[i], "~") {
			t.Errorf("row %d is %q, want published %q", i, row, published[i])
		}
	}
	if rows[len(want)] != "" {
		t.Errorf("there is another row, %q", rows[len(want)])
	}
}

// checkPicture checks that the plot is XML and shows three series twice: as
// measured and, dashed, as published.
func checkPicture(t *testing.T, picture []byte) {
	t.Helper()
	var texts []string
	dashed := 0
	d := xml.NewDecoder(bytes.NewReader(picture))
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the plot is no XML: %v", err)
		}
		switch token := token.(type) {
		case xml.CharData:
			texts = append(texts, string(token))
		case xml.StartElement:
			for _, a := range token.Attr {
				if a.Name.Local == "style" && strings.Contains(a.Value, "stroke-dasharray") && !strings.Contains(a.Value, "stroke-dasharray:none") {
					dashed++
				}
			}
		}
	}
	for _, name := range []string{"sync", "async", "iorder"} {
		for _, want := range []string{name + ", measured", name + ", published (approx.)"} {
			if !slices.Contains(texts, want) {
				t.Errorf("the legend does not name %q", want)
			}
		}
	}
	for _, want := range []string{"512", "100 k", "buffer (messages)", "messages per second (log scale)"} {
		if !slices.Contains(texts, want) {
			t.Errorf("the axes do not say %q", want)
		}
	}
	// One in the plot and one in the legend.
	if want := 2 * len(benchAllPublished); dashed != want {
		t.Errorf("%d lines are dashed, want %d", dashed, want)
	}
}

// backwards is a caller that does not keep order.
func backwards(n int, one func(int)) {
	for i := range n {
		one(n - 1 - i)
	}
}

func TestBenchNoticesDisorder(t *testing.T) {
	noLeaks(t)
	b := tinyBench()
	b.series = slices.Clone(benchAllSeries)
	b.series[2].send = backwards
	var out bytes.Buffer
	path := filepath.Join(t.TempDir(), "bench.svg")
	err := b.report(t.Context(), path, &out, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "iorder with buffer 1: 0 of 20 messages were dispatched: message 19 was dispatched out of order, want message 0") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); out.Len() > 0 || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a figure was given all the same: %s", out.String())
	}
	b.series[2].ordered = false
	if err := b.report(t.Context(), path, io.Discard, io.Discard); err != nil {
		t.Errorf("without the demand of order: %v", err)
	}
}

func TestBenchTally(t *testing.T) {
	message := func(number uint64) []byte { return binary.BigEndian.AppendUint64(nil, number) }
	replied := func(number uint64) protocol.Result {
		return protocol.Result{Outcome: protocol.Replied, Message: message(number), Reply: message(number)}
	}
	failed := replied(0)
	failed.Reply, failed.Err = nil, &protocol.HandlerError{Message: "no"}
	other := replied(0)
	other.Reply = message(1)
	for _, c := range []struct {
		name    string
		ordered bool
		results []protocol.Result
		want    string
	}{
		{"good", true, []protocol.Result{replied(0), replied(1), replied(2)}, ""},
		{"any order", false, []protocol.Result{replied(2), replied(0), replied(1)}, ""},
		{"out of order", true, []protocol.Result{replied(0), replied(2)}, "message 2 was dispatched out of order, want message 1"},
		{"twice", false, []protocol.Result{replied(1), replied(1)}, "message 1 was dispatched twice"},
		{"unknown number", false, []protocol.Result{replied(3)}, "message 3 was dispatched, want at most 2"},
		{"not replied", false, []protocol.Result{{Outcome: protocol.Unknown, Reason: protocol.LinkLost, Message: message(0)}}, "message 0 ended unknown (link-lost), want replied"},
		{"error reply", false, []protocol.Result{failed}, "message 0: handler failed: no"},
		{"another's reply", false, []protocol.Result{other}, "message 0 was given the reply 0000000000000001, want its echo 0000000000000000"},
		{"no number", false, []protocol.Result{{Seq: 7, Outcome: protocol.Replied}}, "seq 7 was dispatched with a message of 0 bytes, want at least 8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, fail := context.WithCancelCause(t.Context())
			tally := benchTally{ordered: c.ordered}
			done := tally.begin(3, fail)
			for _, r := range c.results {
				tally.take(r)
			}
			finished := false
			select {
			case <-done:
				finished = true
			default:
			}
			err := context.Cause(ctx)
			if c.want == "" {
				if err != nil || !finished {
					t.Errorf("got %v, finished %v, want success", err, finished)
				}
			} else if err == nil || err.Error() != c.want || finished {
				t.Errorf("got %v, finished %v, want %s", err, finished, c.want)
			}
		})
	}
}

func TestBenchErrors(t *testing.T) {
	noLeaks(t)
	b := tinyBench()
	b.load.bytes = int(protocol.MessageBytes.Default) + 1
	if _, err := b.load.remote(t.Context(), b.series[1], 4); !errors.Is(err, protocol.ErrTooLarge) {
		t.Errorf("with a payload too large: got %v", err)
	}
	b = tinyBench()
	b.buffers = []int{int(protocol.Buffer.Max) + 1}
	if err := b.report(t.Context(), "", io.Discard, io.Discard); !errors.Is(err, protocol.ErrConfig) {
		t.Errorf("with a buffer too large: got %v", err)
	}
	b = tinyBench()
	b.load.bytes = 5 << 20 // above what a gRPC server receives
	for _, raw := range benchRaws {
		if _, err := b.load.raw(t.Context(), raw); err == nil || !strings.Contains(err.Error(), "larger than max") {
			t.Errorf("%v, with a payload too large: got %v", raw, err)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := tinyBench().report(t.Context(), filepath.Join(file, "bench.svg"), io.Discard, io.Discard); err == nil || !strings.HasPrefix(err.Error(), "bench: plot: ") {
		t.Errorf("with no place for the plot: got %v", err)
	}
}

func TestBenchInterrupted(t *testing.T) {
	noLeaks(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	errKey := errors.New("ctrl-C was pressed")
	b := tinyBench()
	b.series = slices.Clone(benchAllSeries)
	bursts, whole := 0, 2*len(b.buffers) // in a repetition; the first burst of a run is not counted
	b.series[1].send = func(n int, one func(int)) {
		if bursts++; bursts == whole+1 {
			one(0)
			cancel(errKey)
			return
		}
		concurrently(n, one)
	}
	var out bytes.Buffer
	path := filepath.Join(t.TempDir(), "bench.svg")
	err := b.report(ctx, path, &out, io.Discard)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted after 1 of 2 repetitions") {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(out.String(), "medians (least-most) of 1 ") {
		t.Errorf("the repetition that was finished is not printed:\n%s", out.String())
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a plot of a part: %v", err)
	}
	for _, raw := range benchRaws {
		if _, err := b.load.raw(ctx, raw); !errors.Is(err, errKey) {
			t.Errorf("%v: got %v, want %v", raw, err, errKey)
		}
	}
}

func TestBenchFigure(t *testing.T) {
	f := tinyBench().newFigure()
	// By buffer, then by series: each rate tells where it is from.
	for repetition := range 3 {
		var moments []benchMoment
		for i := range f.buffers {
			m := benchMoment{raw: map[benchRaw]float64{benchPingPong: 10, benchPipelined: 1000}}
			for j := range f.series {
				m.series = append(m.series, benchSample{rate: float64(1000*(j+1) + 100*i + 10*repetition), perFrame: float64(j + 1)})
			}
			moments = append(moments, m)
		}
		f.add(moments)
	}
	want := []struct {
		series                 string
		buffer                 int
		rate, most, ratio, per float64
	}{
		{"sync", 1, 1010, 1020, 101, 1}, {"sync", 512, 1110, 1120, 111, 1},
		{"async", 1, 2010, 2020, 2.01, 2}, {"async", 512, 2110, 2120, 2.11, 2},
		{"iorder", 1, 3010, 3020, 3.01, 3}, {"iorder", 512, 3110, 3120, 3.11, 3},
	}
	for i, p := range f.points {
		w := want[i]
		if p.series.name != w.series || p.buffer != w.buffer || p.rate.median() != w.rate || p.rate.max() != w.most || p.ratio.median() != w.ratio || p.perFrame.median() != w.per {
			t.Errorf("point %d is %s %d: %v, want %v", i, p.series.name, p.buffer, p, w)
		}
	}
	if got := f.raw[benchPipelined]; got.median() != 1000 || len(got.values) != 6 {
		t.Errorf("raw pipelined is %v, want 1000 six times", got.values)
	}
}

func TestBenchFlags(t *testing.T) {
	for _, args := range [][]string{{"--count", "0"}, {"--count", "1001"}, {"--count", "many"}, {"--svg", ""}, {"--fast"}, {"more"}} {
		var wrong usageError
		if err := benchCommand(t.Context(), args, io.Discard, io.Discard); !errors.As(err, &wrong) {
			t.Errorf("%q: got %v, want a usage error", args, err)
		}
	}
}

func TestBenchMedian(t *testing.T) {
	var s benchSpread
	for i, want := range []float64{5, 3, 4, 3, 2} {
		s.add([]float64{5, 1, 4, 2, 0}[i])
		if got := s.median(); got != want {
			t.Errorf("the median of %v is %v, want %v", s.values, got, want)
		}
	}
	if s.min() != 0 || s.max() != 5 {
		t.Errorf("%v goes from %v to %v", s.values, s.min(), s.max())
	}
}

func TestBenchTicks(t *testing.T) {
	var got []string
	for _, tick := range benchTicks(15.5e3, 1.05e6) {
		got = append(got, tick.Label)
	}
	if want := "10 k|20 k|50 k|100 k|200 k|500 k|1 M|2 M"; strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
	for n, want := range map[int]string{5: "5", 512: "512", 5000: "5,000", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}
