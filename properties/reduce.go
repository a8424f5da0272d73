package properties

import "encoding/binary"

// reduce makes a list of choices smaller while try accepts it: first its end
// (a list that runs out goes on with zeros), then runs of it (after ddmin,
// Zeller and Hildebrandt), then single values towards zero, then all that in
// step with what lies between two choices. try returns the list that the
// accepted case really drew, which may be shorter.
func reduce(list []uint32, try func([]uint32) ([]uint32, bool)) []uint32 {
	try = once(try)
	for {
		before := len(list)
		list = dropTail(list, try)
		list = dropRuns(list, try)
		list = lower(list, try)
		var moved bool
		list, moved = shift(list, try)
		if !moved && len(list) >= before {
			return list
		}
	}
}

// once is try for each list only once: to drop one zero of many is the same
// wherever it stands, and what was rejected stays rejected.
func once(try func([]uint32) ([]uint32, bool)) func([]uint32) ([]uint32, bool) {
	tried := make(map[string]bool)
	return func(list []uint32) ([]uint32, bool) {
		var key []byte
		for _, v := range trim(list) {
			key = binary.AppendUvarint(key, uint64(v))
		}
		if tried[string(key)] {
			return nil, false
		}
		tried[string(key)] = true
		return try(list)
	}
}

// dropTail cuts the list at the earliest place found by halving.
func dropTail(list []uint32, try func([]uint32) ([]uint32, bool)) []uint32 {
	for n := len(list) / 2; n > 0; n /= 2 {
		for len(list) >= n {
			got, ok := try(list[:len(list)-n])
			if !ok || len(got) >= len(list) {
				break
			}
			list = got
		}
	}
	return list
}

// dropRuns removes or zeroes runs of halving length.
func dropRuns(list []uint32, try func([]uint32) ([]uint32, bool)) []uint32 {
	for n := len(list) / 2; n > 0; n /= 2 {
		for at := 0; at+n <= len(list); {
			without := append(append([]uint32(nil), list[:at]...), list[at+n:]...)
			if got, ok := try(without); ok && len(got) < len(list) {
				list = got
				continue
			}
			if !zero(list[at : at+n]) {
				zeroed := append([]uint32(nil), list...)
				clear(zeroed[at : at+n])
				if got, ok := try(zeroed); ok {
					list = got
				}
			}
			at += n
		}
	}
	return list
}

// lower brings single values down, to zero or by one.
func lower(list []uint32, try func([]uint32) ([]uint32, bool)) []uint32 {
	for at := 0; at < len(list); at++ {
		for at < len(list) && list[at] > 0 {
			got, ok := lowered(list, at, 0, 0, try)
			if !ok {
				break
			}
			list = got
		}
	}
	return list
}

// lowered brings down the value at one place and drops n choices before
// another.
func lowered(list []uint32, at, before, n int, try func([]uint32) ([]uint32, bool)) ([]uint32, bool) {
	var shorter []uint32
	if n == 0 {
		shorter = append(shorter, list...)
	} else {
		shorter = append(append(shorter, list[:before-n]...), list[before:]...)
	}
	to := list[at]
	for shorter[at] = 0; ; shorter[at] = to - 1 {
		if got, ok := try(shorter); ok {
			return got, true
		}
		if to < 2 || shorter[at] == to-1 {
			return nil, false
		}
	}
}

// shiftMax is how far shift moves a choice.
const shiftMax = 64

// shift brings a choice forward by dropping the zeros before it, alone or
// together with lowering an earlier one: a case with a message less has fewer
// steps, and what matters comes so much sooner. Small moves come first.
func shift(list []uint32, try func([]uint32) ([]uint32, bool)) (shorter []uint32, moved bool) {
	for n := 1; n <= shiftMax; n++ {
		gap := 0
		for at := 0; at < len(list); at++ {
			if list[at] == 0 {
				gap++
				continue
			}
			if gap < n {
				gap = 0
				continue
			}
			gap = 0
			got, ok := try(append(append([]uint32(nil), list[:at-n]...), list[at:]...))
			for earlier := 0; earlier < at-n && !ok; earlier++ {
				if list[earlier] > 0 {
					got, ok = lowered(list, earlier, at, n, try)
				}
			}
			if ok && len(got) < len(list) {
				return got, true
			}
		}
	}
	return list, false
}

// trim drops the zeros at the end of a list: a list that runs out goes on with
// zeros.
func trim(list []uint32) []uint32 {
	n := len(list)
	for n > 0 && list[n-1] == 0 {
		n--
	}
	return list[:n]
}

func zero(list []uint32) bool {
	for _, v := range list {
		if v != 0 {
			return false
		}
	}
	return true
}
