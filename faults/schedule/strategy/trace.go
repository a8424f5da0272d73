package strategy

import "github.com/weir-dev/weir/faults/schedule"

// trace hashes a Mazurkiewicz trace: the steps, each with those before it that
// it doesn't commute with. Schedules that differ in the order of commuting
// steps have the same hash. A step's own hash covers the last step of its
// goroutine and, for each object it touched, the last write, and for a write
// the reads since; the hash of the trace is their sum, which no order changes.
type trace struct {
	sum     uint64
	barrier uint64 // hash of the last step that commutes with nothing
	epoch   int
	tasks   map[uint64]uint64 // hash of the last step of each
	objects []objectTrace
}

// objectTrace is what the next step at an object comes after.
type objectTrace struct {
	write, reads uint64
}

// begin forgets the schedule before.
func (t *trace) begin() {
	if t.tasks == nil {
		t.tasks = map[uint64]uint64{}
	}
	clear(t.tasks)
	*t = trace{tasks: t.tasks, objects: t.objects[:0]}
}

func (t *trace) add(s *schedule.Taken) {
	if s.Epoch != t.epoch {
		t.epoch, t.barrier = s.Epoch, mix(t.barrier^t.sum)
	}
	who := party(s.Event)
	h := mix(identity(s.Event) ^ t.tasks[who]*3 ^ uint64(s.Kind)<<56 ^ uint64(s.Case+2)<<40)
	if s.Kind == schedule.KindRand {
		h = mix(h ^ uint64(s.Way))
	}
	if s.Any {
		t.barrier = mix(h ^ t.sum)
		t.sum += t.barrier
		t.tasks[who] = t.barrier
		return
	}
	h ^= mix(t.barrier)
	for _, u := range s.Touched {
		o := t.object(u.Object)
		h = mix(h ^ o.write)
		if u.Access == schedule.AccessWrite {
			h = mix(h ^ o.reads)
		}
	}
	for _, u := range s.Touched {
		if o := t.object(u.Object); u.Access == schedule.AccessWrite {
			o.write, o.reads = h, 0
		}
	}
	for _, u := range s.Touched {
		if o := t.object(u.Object); u.Access != schedule.AccessWrite && o.write != h {
			o.reads += h
		}
	}
	t.sum += h
	t.tasks[who] = h
}

// object is the n-th object's trace. Numbers differ from run to run; they
// aren't part of any hash.
func (t *trace) object(n int) *objectTrace {
	for len(t.objects) <= n {
		t.objects = append(t.objects, objectTrace{})
	}
	return &t.objects[n]
}
