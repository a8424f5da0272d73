package protocol

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Event is one observable step of an implementation, emitted at the instant
// at which it takes effect: inside the critical section that makes it true,
// so that the order of emission is the order of effect. Which fields a kind
// carries is told by Kinds; the others are zero. Events are comparable values
// without pointers into the implementation.
type Event struct {
	// Kind says what happened.
	Kind Kind
	// Party says where: "remote", "peer", "gateway", or the name of a host.
	Party string
	// Epoch is the link (Remote) or the attachment (Gateway).
	Epoch uint64
	// Seq is the message (Remote) or the request (Gateway), from 1.
	Seq uint64
	// Attempt is the attempt of a request at a host, from 1; never used twice.
	Attempt uint64
	// Host names the host that an event of the gateway is about.
	Host string
	// Outcome is what became of the message or request.
	Outcome Outcome
	// Reason says why.
	Reason Reason
	// Digest is Digest of the payload.
	Digest uint64
	// Value is the one number of the kind, in the unit that Kinds names.
	Value int64
}

// Tracer receives events. Trace is called inside critical sections: it must
// not block and must not call back into what it traces. Implementations call
// it from many goroutines; a nil Tracer means that nobody listens, and costs a
// comparison.
type Tracer interface {
	Trace(Event)
}

// Kind is the kind of an event. The set is closed.
type Kind uint8

// The kinds of events; Kinds tells what each means and carries.
const (
	KindNone Kind = iota
	KindAccept
	KindConnect
	KindLinkUp
	KindLinkDown
	KindHello
	KindWelcome
	KindSend
	KindHandleBegin
	KindHandleEnd
	KindReply
	KindReceive
	KindAck
	KindLate
	KindResolve
	KindDispatchBegin
	KindDispatchEnd
	KindCloseBegin
	KindCloseEnd
	KindEnqueue
	KindReserve
	KindSent
	KindRelease
	KindPause
	KindResume
	KindCancel
	KindAcknowledged
	KindRefuse
	KindReady
	KindDrain
	KindAttach
	KindDetach
	KindLimit
	KindDone
	KindRejected
	kindEnd
)

// KindInfo describes one kind of event.
type KindInfo struct {
	Kind Kind
	// Name is its text form.
	Name string
	// Parties that emit it: "remote", "peer", "gateway", "host".
	Parties []string
	// Fields that it carries, by their text form.
	Fields []string
	// Doc says when it is emitted, and the unit of value where it has one.
	Doc string
}

// Kinds describes every kind of event, in the order of the constants.
func Kinds() []KindInfo { return append([]KindInfo(nil), kinds[:]...) }

var kinds = [...]KindInfo{
	{KindAccept, "accept", []string{"remote"}, []string{"seq", "digest"}, "a message was given its seq; it is in the buffer"},
	{KindConnect, "connect", []string{"remote"}, []string{"epoch"}, "an attempt to connect begins; it takes the epoch"},
	{KindLinkUp, "link-up", []string{"remote"}, []string{"epoch"}, "the stream of the epoch exists; in Resume nothing is sent on it before its welcome"},
	{KindLinkDown, "link-down", []string{"remote", "peer"}, []string{"epoch", "reason", "value"}, "the link is no longer used, or the attempt to connect failed (reason offline); at the remote, value is the delay drawn before the next attempt, in nanoseconds"},
	{KindHello, "hello", []string{"remote", "peer"}, []string{"epoch", "value"}, "remote: just before the hello is handed to the stream; peer: the hello was taken, which supersedes the session's older link. Value is the highest reply received"},
	{KindWelcome, "welcome", []string{"remote", "peer"}, []string{"epoch", "value"}, "peer: just before the welcome is handed to the stream; remote: it was received. Value is the last seq handled"},
	{KindSend, "send", []string{"remote"}, []string{"epoch", "seq", "value"}, "one per message, just before its frame is handed to the stream: from here on it is in flight. Value is the number of the frame on its link, from 1"},
	{KindHandleBegin, "handle-begin", []string{"peer", "host"}, []string{"epoch", "seq", "attempt", "digest"}, "the handler is about to be called; epoch is the link or attachment that brought the message"},
	{KindHandleEnd, "handle-end", []string{"peer", "host"}, []string{"epoch", "seq", "attempt", "digest"}, "the handler has returned; digest is that of its answer"},
	{KindReply, "reply", []string{"peer", "host", "gateway"}, []string{"epoch", "seq", "attempt", "host", "digest"}, "peer and host: just before the reply is handed to the stream; gateway: a reply was credited to the live reservation of its attempt"},
	{KindReceive, "receive", []string{"remote"}, []string{"epoch", "seq", "digest"}, "a reply was read from the link of the epoch"},
	{KindAck, "ack", []string{"remote", "peer"}, []string{"epoch", "value"}, "remote: just before a frame that carries the acknowledgement is handed to the stream; peer: it was applied. Value is the highest reply received. Only a change is told"},
	{KindLate, "late", []string{"remote", "gateway"}, []string{"epoch", "seq", "attempt", "host", "digest"}, "a reply came for what is resolved, or for an attempt without a reservation; it changes nothing"},
	{KindResolve, "resolve", []string{"remote"}, []string{"epoch", "seq", "outcome", "reason", "digest"}, "the outcome of a message was decided; epoch is the link that carried it last, zero if none did; digest is that of the reply"},
	{KindDispatchBegin, "dispatch-begin", []string{"remote"}, []string{"seq", "outcome", "reason"}, "the dispatcher is about to be called"},
	{KindDispatchEnd, "dispatch-end", []string{"remote"}, []string{"seq"}, "the dispatcher has returned"},
	{KindCloseBegin, "close-begin", []string{"remote", "peer", "gateway", "host"}, nil, "the first Close stops accepting"},
	{KindCloseEnd, "close-end", []string{"remote", "peer", "gateway", "host"}, nil, "Close is about to return; no event of the party follows"},
	{KindEnqueue, "enqueue", []string{"gateway"}, []string{"seq", "digest"}, "a request entered the queue"},
	{KindReserve, "reserve", []string{"gateway"}, []string{"seq", "attempt", "host", "epoch"}, "a reservation was made"},
	{KindSent, "sent", []string{"gateway"}, []string{"seq", "attempt", "host", "epoch"}, "just before the request is handed to the host's stream"},
	{KindRelease, "release", []string{"gateway"}, []string{"seq", "attempt", "host", "epoch", "reason"}, "a reservation ended; a reassign is a release with reason reassign and the next reserve with nothing in between"},
	{KindPause, "pause", []string{"gateway"}, []string{"host", "epoch"}, "the host has no free slot: nothing more is reserved at it"},
	{KindResume, "resume", []string{"gateway"}, []string{"host", "epoch"}, "the host is no longer paused"},
	{KindCancel, "cancel", []string{"gateway"}, []string{"seq", "attempt", "host", "epoch"}, "a sent attempt was given up and its host is to be told so; it counts as abandoned from here"},
	{KindAcknowledged, "acknowledged", []string{"gateway"}, []string{"attempt", "host", "epoch"}, "an abandoned attempt was answered and is abandoned no more"},
	{KindRefuse, "refuse", []string{"gateway"}, []string{"attempt", "host", "epoch"}, "the host gave an attempt back unstarted"},
	{KindReady, "ready", []string{"gateway"}, []string{"host", "epoch"}, "the host takes requests again after a refusal"},
	{KindDrain, "drain", []string{"gateway"}, []string{"host", "epoch"}, "the host is leaving: nothing more is reserved at it"},
	{KindAttach, "attach", []string{"gateway"}, []string{"host", "epoch", "value"}, "an attachment begins; value is the limit of the host. Where it supersedes an older one, the detach of that is part of the same step"},
	{KindDetach, "detach", []string{"gateway"}, []string{"host", "epoch"}, "an attachment ended; the releases of its reservations are part of the same step"},
	{KindLimit, "limit", []string{"gateway"}, []string{"host", "epoch", "value"}, "the limit of a host changed to value"},
	{KindDone, "done", []string{"gateway"}, []string{"seq", "outcome", "reason", "digest"}, "a request ended; digest is that of what Do returns"},
	{KindRejected, "rejected", []string{"gateway", "peer"}, []string{"attempt", "host", "epoch"}, "a message of the other end was malformed, repeated, or about something that it does not hold; it changes nothing"},
}

var kindByName = func() map[string]Kind {
	m := make(map[string]Kind, len(kinds))
	for _, k := range kinds {
		m[k.Name] = k.Kind
	}
	return m
}()

// String returns the text form of k, as in "link-up".
func (k Kind) String() string {
	if k == KindNone || k >= kindEnd {
		return "kind(" + strconv.Itoa(int(k)) + ")"
	}
	return kinds[k-1].Name
}

// String returns the text form of e: the kind, then its non-zero fields as
// name=value in a fixed order, separated by single spaces. ParseEvent reads it
// back.
func (e Event) String() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	text := func(name, v string) {
		if v != "" {
			b.WriteString(" " + name + "=" + quote(v))
		}
	}
	num := func(name string, v uint64) {
		if v != 0 {
			b.WriteString(" " + name + "=" + strconv.FormatUint(v, 10))
		}
	}
	text("party", e.Party)
	num("epoch", e.Epoch)
	num("seq", e.Seq)
	num("attempt", e.Attempt)
	text("host", e.Host)
	if e.Outcome != OutcomeNone {
		text("outcome", e.Outcome.String())
	}
	if e.Reason != ReasonNone {
		text("reason", e.Reason.String())
	}
	if e.Digest != 0 {
		fmt.Fprintf(&b, " digest=%x", e.Digest)
	}
	if e.Value != 0 {
		b.WriteString(" value=" + strconv.FormatInt(e.Value, 10))
	}
	return b.String()
}

// quote leaves a plain word alone and quotes anything else, so that a text
// form splits at spaces.
func quote(s string) string {
	for _, r := range s {
		if r <= ' ' || r == '"' || r == '=' || r == '\\' || r > '~' {
			return strconv.Quote(s)
		}
	}
	return s
}

// ErrEvent is returned, wrapped with what is wrong, when a text is not the
// text form of an event.
var ErrEvent = errors.New("not an event")

// ParseEvent reads the text form of an event. It refuses unknown kinds,
// unknown, repeated or malformed fields with an error that wraps ErrEvent and
// shows the offending part.
func ParseEvent(text string) (Event, error) {
	var e Event
	word, rest, _ := strings.Cut(text, " ")
	k, ok := kindByName[word]
	if !ok {
		return Event{}, fmt.Errorf("%w: kind %q is unknown", ErrEvent, word)
	}
	e.Kind = k
	seen := make(map[string]bool)
	for rest != "" {
		name, value, remainder, err := cutField(rest)
		if err != nil {
			return Event{}, fmt.Errorf("%w: %v in %q", ErrEvent, err, text)
		}
		if seen[name] {
			return Event{}, fmt.Errorf("%w: field %q appears twice in %q", ErrEvent, name, text)
		}
		seen[name] = true
		if err := e.set(name, value); err != nil {
			return Event{}, fmt.Errorf("%w: %v in %q", ErrEvent, err, text)
		}
		rest = remainder
	}
	return e, nil
}

// cutField splits the first name=value from text; a quoted value may hold
// spaces.
func cutField(text string) (name, value, rest string, err error) {
	name, text, ok := strings.Cut(text, "=")
	if !ok {
		return "", "", "", fmt.Errorf("field %q has no value", name)
	}
	if !strings.HasPrefix(text, `"`) {
		value, rest, _ = strings.Cut(text, " ")
		return name, value, rest, nil
	}
	q, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", "", fmt.Errorf("field %q has a broken quotation", name)
	}
	if value, err = strconv.Unquote(q); err != nil {
		return "", "", "", fmt.Errorf("field %q has a broken quotation", name)
	}
	rest = text[len(q):]
	if rest != "" && rest[0] != ' ' {
		return "", "", "", fmt.Errorf("field %q is not followed by a space", name)
	}
	return name, value, strings.TrimPrefix(rest, " "), nil
}

func (e *Event) set(name, value string) (err error) {
	switch name {
	case "party":
		e.Party = value
	case "host":
		e.Host = value
	case "epoch":
		e.Epoch, err = strconv.ParseUint(value, 10, 64)
	case "seq":
		e.Seq, err = strconv.ParseUint(value, 10, 64)
	case "attempt":
		e.Attempt, err = strconv.ParseUint(value, 10, 64)
	case "digest":
		e.Digest, err = strconv.ParseUint(value, 16, 64)
	case "value":
		e.Value, err = strconv.ParseInt(value, 10, 64)
	case "outcome":
		e.Outcome, err = parseOutcome(value)
	case "reason":
		e.Reason, err = parseReason(value)
	default:
		return fmt.Errorf("field %q is unknown", name)
	}
	if err != nil {
		return fmt.Errorf("field %s=%q is malformed: %w", name, value, err)
	}
	return nil
}

// Digest is the 64-bit FNV-1a hash of a payload (Fowler, Noll, Vo), with zero
// mapped to one, so that zero means that there is none. It identifies payloads
// in events; it is no defence against an adversary.
func Digest(payload []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range payload {
		h = (h ^ uint64(c)) * 1099511628211
	}
	if h == 0 {
		return 1
	}
	return h
}
