package protocol

// RemoteStats is one consistent snapshot of a Remote.
type RemoteStats struct {
	// Accepted counts the messages that were given a seq. It equals InBuffer +
	// InFlight + Resolved at every instant.
	Accepted uint64
	// InBuffer counts those that no stream was handed yet.
	InBuffer int
	// InFlight counts those that a stream was handed and that are not resolved.
	InFlight int
	// Slots counts the slots of the window that are taken.
	Slots int
	// Resolved counts those whose outcome is decided, by outcome below.
	Resolved uint64
	// Undispatched counts the outcomes whose dispatch has not begun.
	Undispatched int
	// Replied, NotSent and Unknown count resolved messages by outcome.
	Replied, NotSent, Unknown uint64
	// ByReason counts NotSent and Unknown by reason.
	ByReason [ReasonCount]uint64
	// Late counts replies for messages that were resolved before.
	Late uint64
	// Connects counts attempts to connect, Links those that gave a link.
	Connects, Links uint64
	// FramesSent and FramesReceived count frames of this Remote.
	FramesSent, FramesReceived uint64
	// BytesSent and BytesReceived count the payload bytes in those frames.
	BytesSent, BytesReceived uint64
	// Online is whether a link is up.
	Online bool
}

// PeerStats is one consistent snapshot of a Peer.
type PeerStats struct {
	// Sessions and Links count what is open.
	Sessions, Links int
	// Handling counts handler calls that have begun and not returned.
	Handling int
	// Handled counts handler calls that have begun.
	Handled uint64
	// Rejected counts malformed frames and refused hellos.
	Rejected uint64
}

// GatewayStats is one consistent snapshot of a Gateway.
type GatewayStats struct {
	// Waiting counts the requests in the queue, Open all that have not ended.
	Waiting, Open int
	// Reserved counts live reservations over all hosts.
	Reserved int
	// Accepted counts requests that entered the queue; Done those that ended.
	Accepted, Done uint64
	// Released counts released reservations by reason.
	Released [ReasonCount]uint64
	// Ended counts ended requests by reason; ByReply is success.
	Ended [ReasonCount]uint64
	// Late, Rejected and Refusals count messages of hosts that were credited to
	// nobody.
	Late, Rejected, Refusals uint64
	// Hosts lists the attached hosts, by name.
	Hosts []HostStats
}

// HostStats is what a Gateway counts for one attachment.
type HostStats struct {
	// Host and Epoch name the attachment.
	Host  string
	Epoch uint64
	// Reserved is the number of live reservations, Limit their bound.
	Reserved, Limit int
	// Abandoned counts sent attempts that were given up and not answered yet.
	Abandoned int
	// Paused is whether nothing more is reserved at it until it resumes.
	Paused bool
	// Draining is whether it said that it is leaving.
	Draining bool
}

// ReasonCount is the number of values of Reason, for arrays indexed by it.
const ReasonCount = int(reasonEnd)
