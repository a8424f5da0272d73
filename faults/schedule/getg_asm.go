//go:build amd64 || arm64

package schedule

// getg returns the address of the calling goroutine's descriptor. It serves
// only as an opaque key: nothing is read through it, so that no layout of the
// runtime is assumed.
func getg() uintptr
