package gateway

// lostMax bounds the memory of unanswered attempts whose attachment ended. It
// only decides whether an answer to one of them is counted as late or as
// rejected, so that forgetting the oldest does no harm.
const lostMax = 1 << 14

// lost remembers the sent and unanswered attempts of ended attachments: their
// answers may still be read from the old stream or come on the host's next.
// The oldest is forgotten first. The zero value is ready.
type lost struct {
	byAttempt map[uint64]*Reservation
	order     []uint64 // a ring once it is full
	oldest    int
}

func (m *lost) add(r *Reservation) {
	if m.byAttempt == nil {
		m.byAttempt = make(map[uint64]*Reservation)
	}
	r.at = nil // it must not keep the ended attachment in memory
	m.byAttempt[r.Attempt] = r
	if len(m.order) < lostMax {
		m.order = append(m.order, r.Attempt)
		return
	}
	delete(m.byAttempt, m.order[m.oldest])
	m.order[m.oldest] = r.Attempt
	m.oldest = (m.oldest + 1) % lostMax
}

// find returns the attempt if host held it.
func (m *lost) find(host string, attempt uint64) (*Reservation, bool) {
	r, ok := m.byAttempt[attempt]
	return r, ok && r.Host == host
}

// remove forgets the attempt: it was answered.
func (m *lost) remove(attempt uint64) { delete(m.byAttempt, attempt) }
