package corpus

import (
	"fmt"
	"maps"
	"slices"
)

// Config bounds a Corpus. Its zero value is usable.
type Config struct {
	// Features is how many features are remembered at most, and so how many runs;
	// 0 means 1024. Each costs 25 bytes on disk.
	Features int
	// Choices is how many choices a run may have, zeros at its end not counted;
	// 0 means 4096. A longer one is not kept.
	Choices int
}

const defaultFeatures, defaultChoices = 1 << 10, 1 << 12

// maxFeatures and maxChoices are the largest bounds.
const maxFeatures, maxChoices = 1 << 20, 1 << 20

func (c Config) filled() Config {
	if c.Features == 0 {
		c.Features = defaultFeatures
	}
	if c.Choices == 0 {
		c.Choices = defaultChoices
	}
	for _, b := range []struct {
		name        string
		value, most int
	}{{"Features", c.Features, maxFeatures}, {"Choices", c.Choices, maxChoices}} {
		if b.value < 1 || b.value > b.most {
			panic(fmt.Sprintf("corpus: Config.%s is %d, want 1 to %d, or 0 for the default", b.name, b.value, b.most))
		}
	}
	return c
}

// Corpus keeps for each feature the smallest run that shows it. Not for
// concurrent use.
type Corpus struct {
	cfg Config
	// best are the lists by features. Lists that are equal are the same slice only
	// by chance; none is ever changed.
	best map[Feature][]uint32
	// last is the largest feature, valid while best is full.
	last Feature
	// parents are the lists, smallest first, and nil where they aren't known.
	parents [][]uint32
	// read are the files that it was loaded from.
	read []string
}

// New makes an empty Corpus. It panics if a bound is out of range.
func New(cfg Config) *Corpus {
	return &Corpus{cfg: cfg.filled(), best: make(map[Feature][]uint32)}
}

// fits tells whether a feature may be among those that are kept.
func (c *Corpus) fits(f Feature) bool {
	return len(c.best) < c.cfg.Features || f <= c.last
}

// better tells whether the list, which has no zeros at its end, is smaller than
// the one that shows f so far, and whether f is new.
func (c *Corpus) better(list []uint32, f Feature) (better, news bool) {
	old, ok := c.best[f]
	if !ok {
		return c.fits(f), c.fits(f)
	}
	return Compare(list, old) < 0, false
}

// News is how many features of the run no earlier one has shown, as far as they
// would be kept.
func (c *Corpus) News(r Run) int {
	list := Trim(r.Choices)
	if len(list) > c.cfg.Choices {
		return 0
	}
	n := 0
	for _, f := range unique(r.Features) {
		if _, news := c.better(list, f); news {
			n++
		}
	}
	return n
}

// Gains are the features for which the run would be kept: those that are new,
// and those that it shows with fewer choices; in order.
func (c *Corpus) Gains(r Run) []Feature {
	list := Trim(r.Choices)
	if len(list) > c.cfg.Choices {
		return nil
	}
	return slices.DeleteFunc(unique(r.Features), func(f Feature) bool {
		better, _ := c.better(list, f)
		return !better
	})
}

// Add keeps the run for those of its features for which it is the smallest, and
// returns how many those are. What it is given may be changed afterwards.
func (c *Corpus) Add(r Run) int {
	gains := c.Gains(r)
	if len(gains) == 0 {
		return 0
	}
	list := append([]uint32(nil), Trim(r.Choices)...)
	n := 0
	for _, f := range gains {
		n += c.put(f, list)
	}
	c.parents = nil
	return n
}

// put makes list the best for f, unless f is too large after all, and returns
// how many features that is.
func (c *Corpus) put(f Feature, list []uint32) int {
	if !c.fits(f) {
		return 0
	}
	c.best[f] = list
	if len(c.best) > c.cfg.Features {
		delete(c.best, c.last)
	}
	if len(c.best) == c.cfg.Features {
		c.last = slices.Max(slices.Collect(maps.Keys(c.best)))
	}
	return 1
}

// Merge adds what another corpus has. The result is the same as if all that was
// ever added to either had been added to one, as long as their bounds are the
// same.
func (c *Corpus) Merge(other *Corpus) {
	for _, r := range other.Runs() {
		c.Add(r)
	}
}

// Runs are what is kept: each list of choices with the features for which it is
// the smallest, in order; smallest list first. What it returns is the caller's,
// but for the choices, which must not be changed.
func (c *Corpus) Runs() []Run {
	var out []Run
	for _, f := range slices.Sorted(maps.Keys(c.best)) {
		list := c.best[f]
		i, found := slices.BinarySearchFunc(out, list, func(r Run, l []uint32) int { return Compare(r.Choices, l) })
		if !found {
			out = slices.Insert(out, i, Run{Choices: list})
		}
		out[i].Features = append(out[i].Features, f)
	}
	return out
}

// Features is how many features are remembered.
func (c *Corpus) Features() int { return len(c.best) }

// Renew empties the corpus and returns its lists, smallest first, which must
// not be changed: after an edit of what they are played on they may show
// something else. Save still knows what was loaded.
func (c *Corpus) Renew() [][]uint32 {
	lists := c.lists()
	c.best, c.parents = make(map[Feature][]uint32), nil
	return lists
}

// lists are the lists that are kept, smallest first.
func (c *Corpus) lists() [][]uint32 {
	if c.parents == nil {
		for _, r := range c.Runs() {
			c.parents = append(c.parents, r.Choices)
		}
	}
	return c.parents
}

func unique(features []Feature) []Feature {
	out := slices.Clone(features)
	slices.Sort(out)
	return slices.Compact(out)
}
