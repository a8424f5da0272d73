package schedule

import (
	"bytes"
	"runtime"
)

// identity reads the number of the calling goroutine and that of its synctest
// bubble, 0 for none, from the header of its stack trace: the only public
// place that names either. It costs microseconds, so that it is called once a
// goroutine, never once a point.
func identity() (goroutine uint64, bubble int) {
	var buf [128]byte
	return parseHeader(buf[:runtime.Stack(buf[:], false)])
}

// parseHeader reads "goroutine 12 [running, synctest bubble 3]:".
func parseHeader(header []byte) (goroutine uint64, bubble int) {
	if end := bytes.IndexByte(header, '\n'); end >= 0 {
		header = header[:end]
	}
	goroutine = leadingNumber(bytes.TrimPrefix(header, []byte("goroutine ")))
	if _, rest, ok := bytes.Cut(header, []byte("synctest bubble ")); ok {
		bubble = int(leadingNumber(rest))
	}
	return goroutine, bubble
}

func leadingNumber(text []byte) uint64 {
	var n uint64
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}
