//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package model

import "syscall"

// mapsMemory: memory comes straight from the system, so that the garbage
// collector neither scans it nor paces itself by it.
const mapsMemory = true

// mapMemory returns size zero bytes, or nil.
func mapMemory(size int) []byte {
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil
	}
	adviseMemory(b)
	return b
}

// unmapMemory gives mapped or reserved memory back. It cannot fail for what
// mapMemory and reserveMemory have returned, and if it did the memory would
// merely stay.
func unmapMemory(b []byte) { _ = syscall.Munmap(b) }

// reserveMemory returns size bytes of addresses, or nil. Memory comes to be
// behind them when they are used.
func reserveMemory(size int) []byte {
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE|noReserve)
	if err != nil {
		return nil
	}
	return b
}
