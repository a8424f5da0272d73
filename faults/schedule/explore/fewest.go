package explore

// fewest looks for a failing list with fewer switches than best has: all lists
// without any, all with one, and so on (Musuvathi, Qadeer: Iterative context
// bounding for systematic testing of multithreaded programs, PLDI 2007). proven
// says that it went through all of them.
func fewest(best []uint32, fails failing, expired func() bool) (choices []uint32, proven bool) {
	f := &search{fails: fails, expired: expired, proven: true}
	made, bad := fails(nil)
	if bad {
		return nil, true
	}
	for n := 1; n < switches(best); n++ {
		if found := f.with(nil, made, n); found != nil {
			return found, f.proven
		}
		if expired() {
			return best, false
		}
	}
	return best, f.proven && !expired()
}

type search struct {
	fails   failing
	expired func() bool
	proven  bool
}

// maxValue bounds the alternatives of one choice that are tried: the seed of
// random numbers has thousands.
const maxValue = 64

// with looks for a list that begins with prefix, of which a run made the
// choices in made, and then has n switches.
func (f *search) with(prefix, made []uint32, n int) []uint32 {
	for at := len(prefix); at < len(made); at++ {
		for value := uint32(1); ; value++ {
			if f.expired() {
				return nil
			}
			if value > maxValue {
				f.proven = false
				break
			}
			list := make([]uint32, at+1)
			copy(list, prefix)
			list[at] = value
			next, bad := f.fails(list)
			if len(next) <= at || next[at] != value {
				break // the choice has no such alternative
			}
			if n == 1 {
				if bad {
					return list
				}
			} else if found := f.with(list, next, n-1); found != nil {
				return found
			}
		}
	}
	return nil
}
