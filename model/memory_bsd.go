//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package model

// noReserve has nothing to say to systems that count memory when it is used.
const noReserve = 0

// adviseMemory has nothing to say to systems that choose page sizes alone.
func adviseMemory([]byte) {}
