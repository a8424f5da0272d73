package wire

const (
	preface      = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	headerLength = 9
)

// scanner counts the HTTP/2 frames that have passed (RFC 9113, section 4.1: a
// header of 9 bytes that begins with the length of the payload in 24 bits).
type scanner struct {
	prefaced bool // the direction begins with the client's preface
	deaf     bool // it should, and didn't: this isn't HTTP/2
	seen     int  // bytes of the preface that were seen
	header   [headerLength]byte
	got      int // bytes of the header
	rest     int // bytes of the payload to come
	count    int // whole frames
}

// pass looks at what has passed.
func (s *scanner) pass(p []byte) {
	for len(p) > 0 && !s.deaf {
		switch {
		case s.prefaced && s.seen < len(preface):
			s.deaf = p[0] != preface[s.seen]
			s.seen++
			p = p[1:]
		case s.got < headerLength:
			k := copy(s.header[s.got:], p)
			s.got += k
			p = p[k:]
			if s.got == headerLength {
				s.rest = int(s.header[0])<<16 | int(s.header[1])<<8 | int(s.header[2])
				s.whole()
			}
		default:
			k := min(s.rest, len(p))
			s.rest -= k
			p = p[k:]
			s.whole()
		}
	}
}

// whole counts a frame that is complete.
func (s *scanner) whole() {
	if s.rest == 0 {
		s.count++
		s.got = 0
	}
}

// limit is how many of n bytes may pass without passing the end of a frame.
func (s *scanner) limit(n int) int {
	switch {
	case s.deaf:
		return n
	case s.prefaced && s.seen < len(preface):
		return min(n, len(preface)-s.seen)
	case s.got < headerLength:
		return min(n, headerLength-s.got)
	}
	return min(n, s.rest)
}
