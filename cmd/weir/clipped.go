package main

import "sync"

// clipped keeps the beginning and the end of what a process prints.
type clipped struct {
	mu        sync.Mutex
	head, end []byte
}

// clippedBytes bounds each part.
const clippedBytes = 64 << 10

// Write keeps what there is room for.
func (c *clipped) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(b), clippedBytes-len(c.head))
	c.head = append(c.head, b[:n]...)
	if c.end = append(c.end, b[n:]...); len(c.end) > 2*clippedBytes {
		c.end = append(c.end[:0], c.end[len(c.end)-clippedBytes:]...)
	}
	return len(b), nil
}

// String is what was kept.
func (c *clipped) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.head) + string(c.end)
}
