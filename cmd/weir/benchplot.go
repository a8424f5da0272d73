package main

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// benchPublished is a series of the 2018 figure as far as its article lets one
// read it, in messages a second: what lies between known points is not known.
type benchPublished struct {
	name   string
	known  plotter.XYs
	inText string // where the figure is flat: its range
}

var benchAllPublished = []benchPublished{
	{"async", plotter.XYs{{X: 512, Y: 105e3}, {X: 4096, Y: 124e3}}, ""},
	{"iorder", plotter.XYs{{X: 512, Y: 118e3}, {X: 5120, Y: 118e3}}, "117-119 k"},
	{"sync", plotter.XYs{{X: 512, Y: 15.5e3}, {X: 5120, Y: 15.5e3}}, "15-16 k"},
}

// benchPublishedAt is what was published of a series at a buffer size, for the
// table; empty when it is not known.
func benchPublishedAt(name string, buffer int) string {
	for _, p := range benchAllPublished {
		if p.name != name {
			continue
		}
		if p.inText != "" {
			return "~" + p.inText
		}
		for _, xy := range p.known {
			if int(xy.X) == buffer {
				return fmt.Sprintf("~%.0f k", xy.Y/1e3)
			}
		}
	}
	return ""
}

// The looks of a series, ours and the published alike. The colours are told
// apart by the colour-blind, too.
var benchLooks = map[string]struct {
	color color.Color
	shape draw.GlyphDrawer
}{
	"sync":   {color.RGBA{R: 0x00, G: 0x9e, B: 0x73, A: 0xff}, draw.BoxGlyph{}},
	"async":  {color.RGBA{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}, draw.CircleGlyph{}},
	"iorder": {color.RGBA{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff}, draw.PyramidGlyph{}},
}

// The picture, with a column for the legend and lines below for conditions.
const (
	benchWidth, benchHeight = 24 * vg.Centimeter, 14 * vg.Centimeter
	benchLegendWidth        = 6 * vg.Centimeter
	benchTitleHeight        = 1.9 * vg.Centimeter
	benchCaptionHeight      = 2.1 * vg.Centimeter
	benchMargin             = 0.4 * vg.Centimeter
)

var benchGrey = color.Gray{Y: 0x55}

// svg draws the figure beside the published one.
func (f *benchFigure) svg() ([]byte, error) {
	p, legend := benchAxes(f.buffers)
	low, high := math.Inf(1), math.Inf(-1)
	// From the top of the picture to its bottom, as in the legend.
	for _, name := range []string{"iorder", "async", "sync"} {
		points := f.of(name)
		if len(points) == 0 {
			return nil, fmt.Errorf("series %s was not measured", name)
		}
		for _, at := range points {
			low, high = min(low, at.rate.min()), max(high, at.rate.max())
		}
		if err := addMeasured(p, legend, name, points); err != nil {
			return nil, err
		}
	}
	for _, s := range benchAllPublished {
		for _, xy := range s.known {
			low, high = min(low, xy.Y), max(high, xy.Y)
		}
		if err := addPublished(p, legend, s); err != nil {
			return nil, err
		}
	}
	ticks := benchTicks(low, high)
	p.Y.Tick.Marker = ticks
	p.Y.Min, p.Y.Max = ticks[0].Value, ticks[len(ticks)-1].Value
	p.X.Min, p.X.Max = 0, float64(f.buffers[len(f.buffers)-1])*1.04
	return f.draw(p, legend)
}

// benchAxes returns an empty plot and an empty legend.
func benchAxes(buffers []int) (*plot.Plot, *plot.Legend) {
	p := plot.New()
	p.X.Label.Text = "buffer (messages)"
	p.Y.Scale = plot.LogScale{}
	ticks := make(plot.ConstantTicks, len(buffers))
	for i, b := range buffers {
		ticks[i] = plot.Tick{Value: float64(b), Label: grouped(b)}
	}
	p.X.Tick.Marker = ticks
	legend := plot.NewLegend()
	legend.Top, legend.Left = true, true
	legend.ThumbnailWidth, legend.Padding = vg.Points(30), vg.Points(4)
	for _, t := range []struct {
		font *font.Font
		size vg.Length
	}{
		{&p.X.Label.TextStyle.Font, 10}, {&p.X.Tick.Label.Font, 10}, {&p.Y.Tick.Label.Font, 10}, {&legend.TextStyle.Font, 10},
	} {
		t.font.Variant, t.font.Size = "Sans", t.size
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color = nil
	grid.Horizontal.Color = color.Gray{Y: 0xdd}
	p.Add(grid)
	return p, &legend
}

// addMeasured draws medians, joined, with bars from the least to the most.
func addMeasured(p *plot.Plot, legend *plot.Legend, name string, points []*benchPoint) error {
	var data struct {
		plotter.XYs
		plotter.YErrors
	}
	for _, at := range points {
		m := at.rate.median()
		data.XYs = append(data.XYs, plotter.XY{X: float64(at.buffer), Y: m})
		data.YErrors = append(data.YErrors, struct{ Low, High float64 }{m - at.rate.min(), at.rate.max() - m})
	}
	line, dots, err := plotter.NewLinePoints(data.XYs)
	if err != nil {
		return fmt.Errorf("series %s: %w", name, err)
	}
	bars, err := plotter.NewYErrorBars(data)
	if err != nil {
		return fmt.Errorf("series %s: %w", name, err)
	}
	look := benchLooks[name]
	line.Color, line.Width = look.color, vg.Points(1.8)
	dots.Color, dots.Shape, dots.Radius = look.color, look.shape, vg.Points(3.5)
	bars.Color, bars.Width = look.color, vg.Points(0.9)
	p.Add(line, bars, dots)
	legend.Add(name+", measured", line, dots)
	return nil
}

// addPublished draws what is known of a published series, dashed.
func addPublished(p *plot.Plot, legend *plot.Legend, s benchPublished) error {
	line, err := plotter.NewLine(s.known)
	if err != nil {
		return fmt.Errorf("series %s, published: %w", s.name, err)
	}
	line.Color, line.Width = benchLooks[s.name].color, vg.Points(1.4)
	line.Dashes = []vg.Length{vg.Points(5), vg.Points(3.5)}
	p.Add(line)
	legend.Add(s.name+", published (approx.)", line)
	return nil
}

// benchTicks returns the numbers 1, 2 and 5 times powers of ten from the one at
// or below low to the one at or above high.
func benchTicks(low, high float64) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for decade := math.Pow(10, math.Floor(math.Log10(low))); ; decade *= 10 {
		for _, m := range []float64{1, 2, 5} {
			v := decade * m
			if v <= low {
				ticks = nil
			}
			ticks = append(ticks, plot.Tick{Value: v, Label: benchTickLabel(v)})
			if v >= high {
				return ticks
			}
		}
	}
}

func benchTickLabel(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%g M", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%g k", v/1e3)
	}
	return fmt.Sprintf("%g", v)
}

// draw puts plot, legend and conditions on one page.
func (f *benchFigure) draw(p *plot.Plot, legend *plot.Legend) ([]byte, error) {
	canvas := vgsvg.New(benchWidth, benchHeight)
	page := draw.New(canvas)
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())
	p.Draw(draw.Crop(page, benchMargin, -benchLegendWidth, benchCaptionHeight, -benchTitleHeight))
	legend.Draw(draw.Crop(page, benchWidth-benchLegendWidth+benchMargin, 0, benchCaptionHeight, -benchTitleHeight))
	write := func(size, y vg.Length, c color.Color, line string) {
		style := text.Style{Color: c, Font: font.From(legend.TextStyle.Font, size), Handler: plot.DefaultTextHandler}
		page.FillText(style, vg.Point{X: benchMargin, Y: y}, line)
	}
	write(13, benchHeight-0.9*vg.Centimeter, color.Black, "Messages through a Remote, by buffer size: measured, and as published in 2018")
	// A label of a logarithmic axis is misplaced by the library.
	write(10, benchHeight-1.6*vg.Centimeter, color.Black, "messages per second (log scale)")
	c := f.conditions()
	for i, line := range []string{
		fmt.Sprintf("Measured: medians of %d repetitions, bars from least to most; %s;", f.repetitions, c[0]),
		strings.Join(c[1:3], "; ") + ".",
		"Published: what the article of 2018-09-11 on streaming remote throughput shows, approximately, on another machine; async is known at 512 and 4,096 only.",
	} {
		write(8, benchCaptionHeight-vg.Length(i+1)*14, benchGrey, line)
	}
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return nil, err
	}
	// The library names one font only, which not everybody has.
	return bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")), nil
}
