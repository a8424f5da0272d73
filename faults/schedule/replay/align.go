package replay

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/weir-dev/weir/faults/schedule"
)

// An edit can move a goroutine in the spawn tree, by a go statement before the
// one that starts it, and shift how many-th point of its kind a point is, by
// one more before it. Alignment finds again what is meant: the goroutines
// of the failing run and those of a run of the edited code are matched by their
// places and by the points they come to, and then point by point.

// alignment maps the failure's events to those of another run.
type alignment struct {
	failure *Failure
	guess   guess
	tasks   map[int]*matched // by their index in the failure
	objects map[int]int
	known   likenesses
}

// matched is a goroutine of the failure and the one that it is now.
type matched struct {
	path   string
	points []Point
	keys   []key
	at     []int // index in points for each of the failure's; -1 is none
}

// guess is a way to look at a run of edited code. Replaying tells whether it
// was right, so several are tried.
type guess struct {
	late bool   // of two equally good places the later one is taken
	free bool   // goroutines may have been started in another order
	skip string // the path of a goroutine that is taken for a new one
}

// maxGuesses bounds the ways to look at one run: one that has gone astray may
// have started thousands of goroutines.
const maxGuesses = 64

// guesses are the ways to look at the run, the likeliest first.
func guesses(f *Failure, n *namer) []guess {
	list := []guess{{}, {free: true}, {late: true}, {free: true, late: true}}
	old := tree(slices.Collect(pathsOf(f.Tasks)))
	for parent, children := range treeOf(n.byPath()) {
		if len(children) > len(old[parent]) {
			for _, c := range children {
				list = append(list, guess{skip: c})
			}
		}
	}
	slices.SortFunc(list[4:], func(a, b guess) int { return strings.Compare(a.skip, b.skip) })
	return list[:min(len(list), maxGuesses)]
}

// byPath are the goroutines by their paths.
func (n *namer) byPath() map[string]*named {
	all := make(map[string]*named, len(n.tasks))
	for _, t := range n.tasks {
		all[t.path] = t
	}
	return all
}

// likenesses remembers, for one run, how alike a goroutine of the failure and one
// of the run are: every guess asks the same.
type likenesses map[[2]string]int

// align matches the failure with what a run named.
func align(f *Failure, n *namer, g guess, known likenesses) *alignment {
	a := &alignment{failure: f, guess: g, known: known, tasks: map[int]*matched{}, objects: map[int]int{}}
	byPath := n.byPath()
	a.children(tree(slices.Collect(pathsOf(f.Tasks))), treeOf(byPath), byPath, "", "")
	a.matchPoints()
	a.matchObjects()
	a.matchPoints()
	for _, m := range a.tasks {
		m.keys = keys(m.path, m.points)
	}
	return a
}

func pathsOf(tasks []Task) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, t := range tasks {
			if !yield(t.Path) {
				return
			}
		}
	}
}

func treeOf(byPath map[string]*named) map[string][]string {
	var paths []string
	for p := range byPath {
		paths = append(paths, p)
	}
	return tree(paths)
}

// tree has the children of each path in the order of their places.
func tree(paths []string) map[string][]string {
	children := map[string][]string{}
	seen := map[string]bool{"": true}
	var add func(path string)
	add = func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		parent := ""
		if i := strings.LastIndexByte(path, '.'); i >= 0 {
			parent = path[:i]
		}
		// A parent that never went on still has its place.
		add(parent)
		children[parent] = append(children[parent], path)
	}
	for _, p := range paths {
		add(p)
	}
	for _, list := range children {
		slices.SortFunc(list, comparePlaces)
	}
	return children
}

// comparePlaces orders siblings; adopted ones come last.
func comparePlaces(a, b string) int {
	x, y := place(a), place(b)
	return cmp.Or(cmp.Compare(x.adopted, y.adopted), cmp.Compare(x.rank, y.rank), cmp.Compare(x.run, y.run))
}

type rank struct{ adopted, rank, run int }

func place(path string) rank {
	path = path[strings.LastIndexByte(path, '.')+1:]
	var r rank
	if strings.HasPrefix(path, "+") {
		r.adopted, path = 1, path[1:]
	}
	number, run, _ := strings.Cut(path, "~")
	r.rank, _ = strconv.Atoi(number)
	r.run, _ = strconv.Atoi(run)
	return r
}

// children matches the goroutines that two matched ones started, with those
// left out that make the rest alike.
func (a *alignment) children(old, new map[string][]string, byPath map[string]*named, oldPath, newPath string) {
	was, is := old[oldPath], new[newPath]
	is = is[:min(len(is), strangers+4*len(was))]
	likeness := make([][]int, len(was))
	for i, w := range was {
		likeness[i] = make([]int, len(is))
		for j, n := range is {
			if n == a.guess.skip {
				continue
			}
			likeness[i][j] = a.likeness(w, byPath[n])
			if place(w) == place(n) {
				likeness[i][j] += 2
			}
		}
	}
	match := matching
	if a.guess.free {
		match = matchingFree
	}
	for i, j := range match(len(was), len(is), func(i, j int) int { return likeness[i][j] }, a.guess.late) {
		if j < 0 {
			continue
		}
		if t := a.task(was[i]); t >= 0 && byPath[is[j]] != nil {
			a.tasks[t] = &matched{path: is[j], points: byPath[is[j]].points}
		}
		a.children(old, new, byPath, was[i], is[j])
	}
}

func (a *alignment) task(path string) int {
	return slices.IndexFunc(a.failure.Tasks, func(t Task) bool { return t.Path == path })
}

// strangers is how many goroutines that one has started are looked at, besides
// four for each that the failure knows.
const strangers = 64

// maxAligned is how many points of a goroutine are looked at.
const maxAligned = 1000

// likeness is how alike two goroutines' points are, from 1 up: how much of the
// shorter one is in the other, because a schedule can stop either early, and a
// little for having come to more than one point at all.
func (a *alignment) likeness(path string, n *named) int {
	t := a.task(path)
	if t < 0 || n == nil {
		return 1
	}
	key := [2]string{path, n.path}
	if l, ok := a.known[key]; ok {
		return l
	}
	l := a.compare(t, n)
	a.known[key] = l
	return l
}

// compare is the likeness of the points of a task and a goroutine.
func (a *alignment) compare(t int, n *named) int {
	was, is := limited(a.failure.Tasks[t].Points), limited(n.points)
	if len(was) == 0 || len(is) == 0 {
		return 1
	}
	common := 0
	for _, j := range matching(len(was), len(is), func(i, j int) int { return sameKind(was[i], is[j]) }, false) {
		if j >= 0 {
			common++
		}
	}
	return 1 + 100*common/min(len(was), len(is)) + 10*min(common, 3)
}

func sameKind(p, q Point) int {
	if p.Kind == q.Kind && p.Text == q.Text {
		return 1
	}
	return 0
}

// matchPoints matches the points of each matched goroutine: those of the same
// kind, better at the same object.
func (a *alignment) matchPoints() {
	for t, m := range a.tasks {
		was, is := limited(a.failure.Tasks[t].Points), limited(m.points)
		m.at = matching(len(was), len(is), func(i, j int) int {
			switch {
			case sameKind(was[i], is[j]) == 0:
				return 0
			case len(a.objects) == 0 || was[i].Object == 0 || a.objects[was[i].Object] == is[j].Object:
				return 4
			}
			return 1
		}, a.guess.late)
	}
}

// matchObjects matches the objects whose points were matched most often, each
// with one.
func (a *alignment) matchObjects() {
	type votes struct{ was, is, n int }
	counts := map[[2]int]int{}
	for t, m := range a.tasks {
		for i, j := range m.at {
			if j >= 0 && a.failure.Tasks[t].Points[i].Object > 0 && m.points[j].Object > 0 {
				counts[[2]int{a.failure.Tasks[t].Points[i].Object, m.points[j].Object}]++
			}
		}
	}
	var list []votes
	for pair, n := range counts {
		list = append(list, votes{pair[0], pair[1], n})
	}
	slices.SortFunc(list, func(x, y votes) int {
		return cmp.Or(cmp.Compare(y.n, x.n), cmp.Compare(x.was, y.was), cmp.Compare(x.is, y.is))
	})
	taken := map[int]bool{}
	for _, v := range list {
		if a.objects[v.was] == 0 && !taken[v.is] {
			a.objects[v.was] = v.is
			taken[v.is] = true
		}
	}
}

// find is the name of one of the failure's events in the other run's code.
func (a *alignment) find(e Event) (key, bool) {
	m := a.tasks[e.Task]
	if m == nil {
		return key{}, false
	}
	if e.Point < len(m.at) && m.at[e.Point] >= 0 {
		return m.keys[m.at[e.Point]], true
	}
	return a.countOn(m, e)
}

// countOn names an event that the other run didn't come to: it counts on from the
// last point of its kind and object that it did come to.
func (a *alignment) countOn(m *matched, e Event) (key, bool) {
	points := a.failure.Tasks[e.Task].Points
	p := points[e.Point]
	passed := 0
	for i := e.Point - 1; i >= 0; i-- {
		if points[i] != p {
			continue
		}
		passed++
		if i < len(m.at) && m.at[i] >= 0 {
			k := m.keys[m.at[i]]
			k.nth += passed
			return k, true
		}
	}
	t := newNamed(m.path, "")
	for _, q := range m.points {
		t.pass(q)
	}
	q := Point{p.Kind, p.Text, a.objects[p.Object]}
	if p.Object > 0 && q.Object == 0 {
		q.Object = 1 << 30 // one that it hasn't seen
	}
	k := t.key(q)
	k.nth += passed
	return k, k.kind != schedule.KindNone
}

func limited(points []Point) []Point { return points[:min(len(points), maxAligned)] }

// matching pairs the elements of two sequences in order, so that the sum of the
// scores of the pairs is greatest; 0 doesn't pair. For each element of the first
// it is the index in the second, or -1. With late, later pairs are preferred
// among equals. It is the alignment of Needleman and Wunsch (1970) without a
// price of gaps.
func matching(n, m int, score func(i, j int) int, late bool) []int {
	best := make([][]int, n+1)
	for i := range best {
		best[i] = make([]int, m+1)
	}
	// best[i][j] is the score of what begins at i and j, or, with late, of
	// what ends there.
	at := slices.Repeat([]int{-1}, n)
	if late {
		for i := 1; i <= n; i++ {
			for j := 1; j <= m; j++ {
				best[i][j] = max(best[i-1][j], best[i][j-1])
				if s := score(i-1, j-1); s > 0 {
					best[i][j] = max(best[i][j], best[i-1][j-1]+s)
				}
			}
		}
		for i, j := n, m; i > 0 && j > 0; {
			s := score(i-1, j-1)
			switch {
			case s > 0 && best[i][j] == best[i-1][j-1]+s:
				i, j = i-1, j-1
				at[i] = j
			case best[i][j] == best[i-1][j]:
				i--
			default:
				j--
			}
		}
		return at
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if s := score(i, j); s > 0 {
				best[i][j] = max(best[i][j], best[i+1][j+1]+s)
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		s := score(i, j)
		switch {
		case s > 0 && best[i][j] == best[i+1][j+1]+s:
			at[i] = j
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
	return at
}

// matchingFree is matching without regard to order: the best pair first.
func matchingFree(n, m int, score func(i, j int) int, late bool) []int {
	at := slices.Repeat([]int{-1}, n)
	taken := make([]bool, m)
	for range min(n, m) {
		best, bi, bj := 0, -1, -1
		for i := range n {
			for j := range m {
				if at[i] >= 0 || taken[j] {
					continue
				}
				if s := score(i, j); s > best || late && s == best && s > 0 {
					best, bi, bj = s, i, j
				}
			}
		}
		if bi < 0 {
			break
		}
		at[bi], taken[bj] = bj, true
	}
	return at
}
