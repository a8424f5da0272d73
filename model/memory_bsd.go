//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package model

// adviseMemory has nothing to say to systems that choose page sizes alone.
func adviseMemory([]byte) {}
