/*
Package protocol is the vocabulary of two streaming protocols: their wire,
their events, their laws, their bounds and their errors. This text is the
document from which either end of both can be written; the .proto files in
proto/ say what the messages look like, and the generated stubs are in
remotev1 and gatewayv1.

The package owns one invariant: a word has one meaning, on the wire, in Go
identifiers, in events, in models, in laws and in reports. It holds no
behaviour, imports the standard library alone and knows none of its users, so
that an implementation, a model and a test suite can share it without sharing
anything else.

	for _, law := range protocol.LawsOf("remote") {
		fmt.Println(law.Slug, law.Kind, law.Sentence)
	}
	e, err := protocol.ParseEvent("send party=remote epoch=2 seq=17 value=1")
	if err != nil {
		return err // it wraps ErrEvent and shows the part that is wrong
	}
	fmt.Println(e.Kind == protocol.KindSend, e.Seq)
	window, err := protocol.Window.Pick("remote", 0) // 1024, the default

# Words

A link is one generation of a Remote's stream, an attachment one generation of
a host's. An epoch numbers them. A session is one Remote in one incarnation
and spans links. A message belongs to a Remote and has a seq; a request
belongs to a Gateway and is run in attempts. A reservation is the right of one
attempt to be at one host. A party is whoever emits an event.

A failure is definite when the message was certainly never handled, otherwise
indefinite. Handled means that the call of the handler has begun: a handler
that was called and then lost its link has handled its message.

Resolved and dispatched are two things. A message is resolved when its outcome
is decided and counted; it is dispatched when the caller's dispatcher is
called with it.

At rest means that no internal step is enabled: nothing more happens unless a
caller, the network, a handler or the clock does something first.

# Ground rules of both protocols

Both run over one bidirectional gRPC stream a link or attachment. They ask of
the stream what gRPC promises and no more: each direction keeps its order,
nothing is lost from the middle of a live stream, and what was handed to the
stream when it ended may or may not have arrived. A Send that returned nil
proves nothing; only an answer does.

 1. One goroutine sends on a stream and one receives from it. Nothing is sent
    after the sending side was closed, and a message is not touched after it
    was handed to the stream.
 2. Who opened a stream cancels its context, or reads it to its end, when done
    with it. Who was given a stream returns from its handler when the
    stream's context is done.
 3. A receiver never waits for what a caller's code does. A slow caller may
    stop what is given to him; it may not stop reading, closing or counting.
 4. Every queue, window, table and cache is bounded, in count and in bytes,
    whatever the other end sends. The [Bound] variables of this package give each limit
    its unit, default and range, and say what happens there.
 5. What the other end sends is not trusted. A message that breaks the
    protocol changes nothing but a counter; it may end the stream that
    carried it, and no other.
 6. The status with which a stream ends is for people. An end acts on the fact
    that the stream has ended, alike for every status, unless this text says
    otherwise.
 7. A field or a oneof case that is not known is ignored as protobuf has it;
    a oneof with nothing known in it is malformed. New behaviour comes in a
    new versioned package (weir.remote.v2), never as a new meaning of an old
    field.
 8. Time comes from package time and chance from a source that the caller can
    give, so that a run inside a testing/synctest bubble is repeatable.

# Remote

A Remote sends messages to one Peer, in order, and gets one reply for each.

	service Peer { rpc Exchange(stream PeerRequest) returns (stream PeerReply); }

The Remote is the client of Exchange. Each direction carries frames:

	PeerRequest   hello     in the first frame of a link, and only there
	              ack       highest seq whose reply was received; 0 is none
	              messages  seq and payload, in seq order
	PeerReply     welcome   in the first frame of a link, and only there
	              replies   seq and payload or failure, in seq order

	Hello         remote_id and incarnation (together the session), epoch,
	              last_reply (highest reply received), delivery
	Welcome       last_handled (highest seq handled in this session),
	              memory_id (random, one for each session record),
	              reply_cache (how many replies are kept for repeating)

A delivery is chosen once for a session. AtMostOnce never sends a message
twice. Resume sends again what was not handled. A mode is the Remote's own
affair and is not on the wire: Sync has at most one message in flight, Async
up to Window.

# What a Remote owes

 1. Number what you accept. Seq is 1, 2, 3, … in the order of acceptance, over
    the Remote's life and not the link's, and it is never used again. A
    message that was not accepted (no room before the caller's context was
    done, too large, closed) has no seq and leaves no trace.

 2. Number what you try. Every attempt to connect takes the next epoch, 1, 2,
    3, …, before it begins; an attempt that fails has used its epoch up.

 3. Say hello first. The first frame of a link carries the Hello with the
    link's epoch, and no later frame does. In AtMostOnce that frame carries
    messages too and the Remote does not wait for the Welcome, here or later.
    In Resume it carries none, and nothing more is sent before the Welcome was
    received.

 4. Fill frames and don't wait. A frame takes what is queued, up to
    FrameMessages and FrameBytes; a message that alone exceeds FrameBytes goes
    alone. No frame waits to be full: a lone message leaves at once. The
    messages of a frame are in seq order and consecutive among the unresolved
    messages of the session.

 5. Count before you send. A message is in flight from just before its frame
    is handed to the stream, and with it the whole frame: if that Send fails,
    all its messages count as sent, because part of it may have arrived.

 6. Keep to the window. A place in it (a slot) is taken when a message is sent
    and freed when the dispatch of its reply begins, when its late reply
    arrives, or when its link ends (in Resume an unresolved message keeps its
    slot). A deadline alone does not free the slot of a message that the link
    which is up has carried: the peer is still at work. In Resume the window is
    the smaller of Window and Welcome.reply_cache.

 7. Match replies by seq, never by position. In AtMostOnce a reply resolves
    its message only if it was read from the link that carried the message. A
    reply for a message that is resolved is counted as late and changes
    nothing else. A reply for a seq that was never sent breaks the protocol.

 8. Resolve once. The first of receipt, deadline, loss and close decides, and
    decides for ever; a resolved message is not sent again. The outcomes are
    below.

 9. Dispatch in order. Outcomes are given to the dispatcher one at a time, in
    the order in which they were resolved, by one loop that outlives links. A
    panic in the dispatcher is caught and loses no other outcome.

 10. Acknowledge. Every frame carries the highest seq whose reply was received,
    which the Peer applies before the frame's messages. With nothing else to
    send, the acknowledgement goes in a frame alone.

 11. End a link whole. When either direction fails, the stream's context is
    cancelled, the connection of that link is closed, and its messenger and
    its listener end; nothing of it is used for the next one. In AtMostOnce
    every message that was in flight on it ends Unknown (LinkLost).

 12. Back off. After a failed attempt or a lost link the next attempt comes no
    earlier than a delay drawn evenly from [0, d], with d = BackoffMin at
    first, doubled each time, at most BackoffMax. A link is healthy after its
    first reply, or when it has been up for BackoffMax; only a healthy link
    resets d. Close interrupts the delay at every instant.

 13. Connect when there is something to send. In AtMostOnce a message taken
    while no delay runs triggers one attempt and ends NotSent (Offline) if it
    fails; one taken while a delay runs ends NotSent (Offline) at once. In
    Resume messages are held while offline.

 14. Close completely. Stop accepting, drain until the caller's context is
    done, resolve what is left, and return when every goroutine, the stream
    and the connection are gone. A dispatch that still runs in the caller's
    code by then is named in the error and is all that may remain. No event
    follows.

# What a Peer owes

 1. Take a Hello in one step. It must be the first frame, with a remote_id, an
    epoch of at least 1, and a known delivery; otherwise the link is refused
    with INVALID_ARGUMENT. An epoch not above the newest of the session is
    refused with FAILED_PRECONDITION. Either changes nothing. Taking it closes
    the session's older link, drops what that link delivered and was not begun,
    and fixes the numbers of the Welcome, with nothing in between.

 2. Say welcome first. The first frame down carries the Welcome; replies may
    travel in it. The Welcome goes out at once, also when the first frame up
    carried messages.

 3. Handle in order, once, one at a time. Within a session a handler call
    begins only after the one before has returned, on whichever link it came.
    Any seq above the highest one begun is taken: gaps are legal, they are
    messages that were resolved before they were sent. A message that was begun
    or is queued already is a duplicate: counted, dropped, and not answered
    again on that account.

 4. Answer every handled message once, in the order of handling. An error or
    a panic of the handler is a Reply with failure: the message was handled
    all the same. A reply that would exceed the frame bounds is replaced by a
    Reply with failure.

 5. Keep reading. The receiving goroutine hands what it reads to a bounded
    queue and goes on; where that is full it waits, and flow control tells the
    Remote. In Resume the queue holds as many messages as Welcome.reply_cache
    promises replies, so that no acknowledgement waits behind a message. It
    always notices the end of the stream, and ends with it.

 6. Know whose link it was. In AtMostOnce the loss of a link cancels the
    context of the running handler, drops what was not begun, and the reply of
    a handler whose link is gone is dropped. The next message of the session
    begins only after that handler has returned. In Resume a handler belongs
    to the session: losing a link does not cancel it, and its reply goes to
    the newest link.

 7. Remember, in Resume. Keep every reply until it is acknowledged (by ack or
    by Hello.last_reply), then drop it; repeat what is kept, in order, right
    after the Welcome of the next link. Never evict: at the cache's bound in
    bytes begin no handler, but keep reading.

 8. Own up to forgetting. Each session record draws its memory_id at random
    when it is made. A session that expired, or that another Peer process
    knew, is a new record with another id and last_handled 0.

 9. Refuse nonsense. A second Hello, a frame of too many messages or a message
    that is too large ends that link with INVALID_ARGUMENT. A message whose seq
    is zero, or not above all that came before it on the link, is ignored like
    a duplicate. All of these are counted.

 10. Close completely. Refuse new links with UNAVAILABLE, let running handlers
    end until the context is done, cancel them, end all links. A handler that
    ignores its context is named in the error.

# Outcomes of a message

	Replied                a reply was received: handled exactly once
	NotSent  Offline       never in flight: no link could be had
	NotSent  TimeToLive    never in flight: its time to live passed
	NotSent  Deadline      never in flight: its deadline passed
	NotSent  Closed        never in flight: Close stopped waiting
	Unknown  LinkLost      in flight on a link that ended (AtMostOnce)
	Unknown  Deadline      in flight when its deadline passed
	Unknown  MemoryLost    in flight when the Peer lost its memory (Resume)
	Unknown  Closed        in flight when Close stopped waiting

NotSent is definite and may be tried again without a second thought. Unknown
is indefinite: handled at most once, and nobody can tell. Replied says that
the handler was called, not that it was pleased: Result.Err holds its refusal.

# Resume after a loss

The Remote's Hello is authoritative for replies, the Peer's Welcome for
messages. Given a Welcome with the memory_id of last time, the Remote

  - leaves what is at or below last_handled in flight: its reply is kept or
    still to come, and will be repeated,
  - sends the rest again under its old seq, oldest first, then goes on.

Otherwise the Peer has lost its memory. Every unresolved message that was ever
handed to a stream ends Unknown (MemoryLost), because it may have been
handled; those that never were are sent under their old seq.

# Gateway

A Gateway spreads requests over hosts and knows at every instant how many each
of them holds.

	service Gateway { rpc Attach(stream HostMessage) returns (stream GatewayMessage); }

Hosts are the clients of Attach, so that they may sit behind NAT; requests flow
down the stream and answers flow up. Each message is a oneof:

	HostMessage     hello     name and capacity; first, and only first
	                reply     attempt, and payload or failure
	                refuse    attempt: not begun, the host is busy
	                ready     the host takes requests again after a refuse
	                drain     the host is leaving; what runs is answered
	                capacity  a new capacity
	GatewayMessage  welcome   epoch of the attachment; first, and only first
	                request   attempt, payload, timeout_ms (0 is none)
	                cancel    attempt: nobody waits for it any more

# What a Gateway owes

 1. Number attachments on arrival. The epoch is 1, 2, 3, … over the Gateway's
    life, for all hosts together. A Hello with the name of an attached host
    supersedes the older attachment: the detach of the old and the attach of
    the new are one step, and the old stream is ended.

 2. Make the reservation first. A reservation is an object: host, epoch,
    request, attempt. It exists before the request is visible to the sending
    goroutine, and nothing is written to a host except under a live one.
    Reserved(h) is the number of live reservations at h and never a counter of
    its own. Attempt ids are never reused.

 3. Mark, then write. An attempt is sent from just before it is handed to the
    stream. One that was released before that is never written. Only sent
    attempts count towards MaxAttempts.

 4. Release exactly once, with a reason: ByReply, ByErrorReply, Reassigned,
    Refused, Detached, Draining, Cancelled, Deadline, WriteFailed, Closed. A
    reply, a refusal or a failure that finds no live reservation under its
    attempt, at that host, in that attachment releases nothing.

 5. Respect the limit. It is the smaller of what the host declared and the
    Gateway's own limit for a host. It may change at any time: raising it wakes
    who waits, lowering it lets what runs drain, and 0 pauses the host until it
    is raised. A free slot is reserved < limit and, with an abandoned cap,
    reserved + abandoned < limit + cap.

 6. Pause with hysteresis. A host becomes paused when it has no free slot and
    resumes when it has one and reserved is at or below the mark, which is at
    most limit - 1.
    A change of limit recomputes paused from free slots alone. Pausing one
    host delays no other, and the replies of a paused host are read as ever:
    they are what ends the pause.

 7. Choose fairly. A host is eligible for a request when it is attached, not
    draining, not paused, not refusing, has a free slot, and is untried by
    the request or no untried host is eligible. Tried goes by host, not by
    epoch. The oldest request with an eligible host goes first, to the eligible
    host with the least reserved/limit; ties are open.

 8. Reassign in one step. A request whose reservation is older than
    ReassignAfter is due: it keeps its place at its host and competes by age
    for the next slot at an untried host. Then the release of the first
    reservation and the making of the second are one transition, and the first
    host is sent a Cancel. MaxAttempts and a budget bound it; when the budget
    is used up the attempt stays where it is.

 9. Do nothing twice that can't be. A non-idempotent request that was sent is
    handed to another host only if every earlier host refused it unstarted,
    and again to the same host only if that gave it back.

 10. Put requests back where they were. After a refusal, a drain (unsent
    ones) or a detach a request returns to its old place in the queue, even
    beyond the queue's bound; if its attempts are used up, or it was sent and
    is not idempotent, it ends.

 11. Expect late answers. A reply for a sent attempt whose reservation was
    released is late: it is counted, takes its attempt off the abandoned ones
    of its attachment, and changes nothing else.

12. Count every message of a host once: credited, late, refusal or rejected.

 13. End every Do exactly once: with the reply of its live attempt, or with an
    error from the table below. A Do waits for a host for at most MaxWait.

 14. Close completely, as a Remote does: no Do is open, nothing is reserved, no
    attachment is open.

# What a host owes

 1. Say hello first, with a name and a capacity; the Welcome is the answer.

 2. Begin no handler at or above your capacity. Queue a bounded excess; beyond
    that answer Refuse, and Ready when there is room again.

 3. Answer each attempt exactly once, with Reply or Refuse. Cancelled attempts
    too: the answer (FAILURE_CODE_CANCELLED, or the reply that crossed the
    Cancel on the wire) is the only acknowledgement that the Gateway gets.

 4. Stop work on Cancel, and when timeout_ms has passed since the request
    arrived. A Cancel for an attempt that is not held is ignored: its answer is
    on its way.

 5. When the attachment is lost, cancel all its attempts. Their handlers count
    against your capacity until they have returned. Their answers need not be
    sent: the Gateway has released them.

 6. To leave, send Drain, answer what you hold, then end the stream. Refuse a
    request that crosses the Drain.

# How a Do ends

	payload          the host replied
	*HandlerError    the host replied with a failure
	context error    the caller's context was done; deadlines included
	ErrOverloaded    the queue was full when it came
	ErrNoHost        no host was eligible within MaxWait
	ErrHostLost      its attachment ended and it may not be handed on
	ErrRefused       hosts refused until its attempts were used up
	ErrTooLarge      the payload is above the maximum
	ErrClosed        Close had begun, or stopped waiting

ErrOverloaded, ErrNoHost, ErrRefused and ErrTooLarge are definite. The rest are
indefinite for a request that was sent.

# Decided here

Where the rules above left a choice, these were made, for what a user would
expect. Each is held to by a law or by a test of the reference implementation.

  - An acknowledgement lower than an earlier one is ignored, not refused: it
    only repeats what is known. One above what was answered drops no more than
    what was answered.
  - In AtMostOnce a Peer keeps no replies and an ack has no effect; the Remote
    ignores last_handled and reply_cache, and a new memory_id means nothing.
  - In AtMostOnce an acknowledgement never goes alone: there is nothing at the
    Peer that it could free.
  - Losing a link draws a delay as a failed attempt does, from [0, BackoffMin]
    after a healthy link. A message that was waiting for a link that is lost
    before its frame was handed over is taken again: it ends NotSent while that
    delay runs, and triggers the next attempt after it.
  - An end that does not offer Resume refuses the Hello with UNIMPLEMENTED.
  - When Sessions is reached, the session that has been without a link for
    longest expires. If each has a link or a running handler, the Hello is
    refused with RESOURCE_EXHAUSTED.
  - The message of a Failure is cut at 1024 bytes: it is for people.
  - A frame from the Peer that breaks the protocol (no Welcome first, a second
    Welcome, a reply for a seq that was never sent, or one that overtakes the
    reply of an older message in flight) ends the link as a loss does.
  - An empty frame is legal and does nothing. An empty payload is legal.
  - A payload is limited before it is accepted, by MessageBytes; the limit is
    on the payload and not on its encoding.
  - A remote_id has 1 to 256 bytes, the name of a host 1 to 255. An incarnation
    of zero is legal on the wire; a Remote draws another.
  - A first message to the Gateway that is no Hello, or has no good name, ends
    the stream with INVALID_ARGUMENT, and so does a second Hello, an empty
    oneof, or an answer above MessageBytes. Beyond Hosts a Hello is refused with
    RESOURCE_EXHAUSTED. A stream without a Hello for 20 seconds ends with
    DEADLINE_EXCEEDED.
  - A reply or a refusal for an attempt that the host never held, or that it
    has answered already, is rejected: counted, and the stream goes on. A slip
    is forgiven, a flood is not: the hundredth on one stream ends it with
    INVALID_ARGUMENT.
  - A Refuse of an attempt that was given up is its answer as well.
  - An answer on a newer attachment for an attempt of an older one is late.
  - A paused host resumes at or below its mark only with a free slot: with an
    abandoned cap it could else be paused again in the same instant, for ever.
  - With requests that came back the queue holds at most its bound and the sum
    of the highest limits that hosts have had: a limit may have been lowered.
  - What is read from a superseded stream (Ready, Drain, Refuse) changes nothing
    in the newer attachment. A late answer on the newest attachment ends the
    host's refusal: it has finished something.
  - A stream that ends in peace detaches after all that the host said was read.
  - That a Peer has lost its memory is told by the memory_id alone. The highest
    reply received may have come from the memory that is lost, so that a
    last_handled below it says nothing about the new one.
  - A session does not expire while a link of before has yet to say Hello: what
    that link carries would be handled behind newer messages. Hence the wait for
    a Hello is bounded below the expiry.
  - In Resume a reply that was read from a link before it ended counts, also
    when it is looked at afterwards.
  - MaxWait bounds all the waits of a request taken together.
  - A link or an attachment that is superseded ends with ABORTED. A host attaches
    again after a backoff, as after any loss: two hosts of one name supersede
    each other for ever, but no faster than that.
  - A failure reply is an answer. It is given to the caller and never leads to
    another attempt.
  - timeout_ms is rounded up and at least 1 where there is a deadline, so that a host never gives up before its caller.

# Events

An implementation that wants more of the suite's laws observed emits each [Event]
to a [Tracer], at the instant at which each takes effect and inside the critical
section that makes it true, so that the order of emission is the order of
effect. [Kinds] lists them all and says which fields each carries. An event has a
text form that [ParseEvent] reads back:

	resolve party=remote epoch=2 seq=17 outcome=unknown reason=link-lost

A nil Tracer costs a comparison. A Tracer never blocks and never calls back.

# Laws

[Laws] lists what must hold: always (safety), eventually (liveness, under the
fairness that its sentence states), sometimes (it must be seen, so that no
always is vacuous). The slug of a law is the name of the invariant in the
model, the subtest, and the row of the report. A law that needs a [Capability]
which an implementation lacks is unobserved there, and never held.

The laws say what is observable of the obligations above; where the two seem to
differ, the laws decide.
*/
package protocol
