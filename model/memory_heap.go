//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package model

import "unsafe"

// mapMemory takes memory from the Go heap, as words, so that it is aligned for
// any state. The garbage collector does not scan it.
func mapMemory(size int) []byte {
	words := make([]uint64, (size+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), size)
}

// unmapMemory leaves it to the garbage collector.
func unmapMemory([]byte) {}
