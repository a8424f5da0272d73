package model

import "syscall"

// noReserve: addresses alone shall not count as memory.
const noReserve = syscall.MAP_NORESERVE

// adviseHuge is MADV_HUGEPAGE: random places of a large table otherwise miss
// the TLB nearly every time.
const adviseHuge = 14

// hugeBytes is the least size that is worth it: fewer bytes would be rounded
// up to whole huge pages.
const hugeBytes = 4 << 20

func adviseMemory(b []byte) {
	if len(b) >= hugeBytes {
		_ = syscall.Madvise(b, adviseHuge) // only advice
	}
}
