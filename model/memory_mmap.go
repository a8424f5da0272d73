//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package model

import "syscall"

// mapMemory returns size zero bytes straight from the system, so that the
// garbage collector neither scans them nor paces itself by them; or nil.
func mapMemory(size int) []byte {
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil
	}
	adviseMemory(b)
	return b
}

// unmapMemory gives mapped memory back. It cannot fail for what mapMemory has
// returned, and if it did the memory would merely stay.
func unmapMemory(b []byte) { _ = syscall.Munmap(b) }
