package model

import (
	"encoding/binary"
	"math/bits"
)

const (
	hashKey0 = 0xa0761d6478bd642f
	hashKey1 = 0xe7037ed1a0b428db
	hashKey2 = 0x8ebc6af09c88c6e3
)

// mix folds the 128-bit product of a and b into 64 bits.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// fingerprint hashes the bytes of a state in the manner of Wang Yi's wyhash,
// with fixed keys, so that runs are repeatable. It is never 0, which the table
// uses for an empty place. Reads of the tail overlap instead of looping over
// single bytes; the length is mixed in last.
func fingerprint(p []byte) uint64 {
	n := len(p)
	h := uint64(hashKey0)
	for q := p; len(q) > 16; q = q[16:] {
		h = mix(binary.LittleEndian.Uint64(q)^hashKey1, binary.LittleEndian.Uint64(q[8:])^h)
	}
	var a, b uint64
	switch {
	case n >= 16:
		a, b = binary.LittleEndian.Uint64(p[n-16:]), binary.LittleEndian.Uint64(p[n-8:])
	case n >= 8:
		a, b = binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[n-8:])
	case n >= 4:
		a, b = uint64(binary.LittleEndian.Uint32(p)), uint64(binary.LittleEndian.Uint32(p[n-4:]))
	default:
		for _, c := range p {
			a = a<<8 | uint64(c)
		}
	}
	h = mix(hashKey2^uint64(n), mix(a^hashKey1, b^h))
	if h == 0 {
		return 1
	}
	return h
}
