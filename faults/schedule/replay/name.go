package replay

import "github.com/weir-dev/weir/faults/schedule"

// key names an event so that another run, of the same or of edited code, can
// find it: who, what kind of point, at which of the objects that this goroutine
// has come to with points of that kind, how many-th time. All of it is counted
// in the goroutine itself, so that neither the schedule nor what others do
// matters.
type key struct {
	path   string // of the goroutine; empty for an action or a delay
	kind   schedule.Kind
	text   string // of a seam; the name of an action; the length of a delay
	object int    // counted from 1; 0 is none
	nth    int
}

// namer names the events of one run and keeps its points.
type namer struct {
	tasks map[schedule.TaskID]*named
	order []*named // in the order in which they first went on
}

// named is what is known of a goroutine.
type named struct {
	task       schedule.TaskID
	path, name string
	points     []Point // with the run's numbers of objects
	objects    map[sight]int
	kinds      map[schedule.Kind]int
	counts     map[Point]int
}

// sight is an object as points of one kind see it.
type sight struct {
	kind   schedule.Kind
	object int
}

func newNamer() *namer { return &namer{tasks: map[schedule.TaskID]*named{}} }

// newNamed makes what is known of a goroutine at first.
func newNamed(path, name string) *named {
	return &named{path: path, name: name, objects: map[sight]int{}, kinds: map[schedule.Kind]int{}, counts: map[Point]int{}}
}

// name is the key of an event that can happen next.
func (n *namer) name(e schedule.Event) key {
	if e.Task == 0 {
		return key{kind: e.Kind, text: e.Name, nth: e.Nth}
	}
	return n.of(e).key(pointOf(e))
}

// took is name for an event that has happened; it counts it.
func (n *namer) took(e schedule.Event) key {
	if e.Task == 0 {
		return n.name(e)
	}
	return n.of(e).pass(pointOf(e))
}

func (n *namer) of(e schedule.Event) *named {
	t := n.tasks[e.Task]
	if t == nil {
		t = newNamed(e.Path(), e.Name)
		t.task = e.Task
		n.tasks[e.Task] = t
	}
	if len(t.points) == 0 {
		t.name = e.Name
	}
	return t
}

func pointOf(e schedule.Event) Point {
	return Point{Kind: e.Kind, Text: e.Text, Object: e.Object.Number}
}

// key is what the next event is called if it is at p.
func (t *named) key(p Point) key {
	k := key{path: t.path, kind: p.Kind, text: p.Text, nth: t.counts[p] + 1}
	if p.Object > 0 {
		k.object = t.objects[sight{p.Kind, p.Object}]
		if k.object == 0 {
			k.object = t.kinds[p.Kind] + 1
		}
	}
	return k
}

// pass counts a point.
func (t *named) pass(p Point) key {
	k := t.key(p)
	if s := (sight{p.Kind, p.Object}); p.Object > 0 && t.objects[s] == 0 {
		t.kinds[p.Kind]++
		t.objects[s] = t.kinds[p.Kind]
	}
	t.counts[p]++
	t.points = append(t.points, p)
	return k
}

// keys are the names of all points of a goroutine.
func keys(path string, points []Point) []key {
	t := newNamed(path, "")
	list := make([]key, len(points))
	for i, p := range points {
		list[i] = t.pass(p)
	}
	return list
}
