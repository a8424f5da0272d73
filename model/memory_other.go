//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package model

// mapsMemory: here memory comes from the Go heap.
const mapsMemory = false

func mapMemory(int) []byte     { return nil }
func unmapMemory([]byte)       {}
func reserveMemory(int) []byte { return nil }
func adviseMemory([]byte)      {}
