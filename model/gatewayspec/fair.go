package gatewayspec

import "github.com/weir-dev/weir/model"

// fair lists what is not neglected for ever, which is the gateway's own: exactly
// what the sentences of the liveness laws name. It promises nothing of hosts,
// callers and network.
//
// Reserve is strongly fair, for each request: a request that has an eligible
// host again and again is reserved, also if the host is ineligible in between.
// A reassign is a reserve of a due request. The gateway's writes and reads and
// its timers are weakly fair, as is what Close does.
//
// Of the writes, sent is strongly fair where attachments may end without end:
// else a request could be reserved and lose its host before it is written, over
// and over, which counts as no attempt, and those behind it in the queue would
// never be reserved.
//
// Where every step of an action can be taken only so often in a run, one
// promise for the action as a whole says the same as one for each request or
// host, and costs less.
func (m machine) fair() []model.Fair {
	return []model.Fair{
		{Action: Reserve, Strength: model.Strong, By: 1},
		{Action: Reassign, Strength: model.Strong, By: 1},
		m.sentFair(),
		{Action: WriteCancel},
		{Action: Reply}, {Action: Late}, {Action: Refuse}, {Action: Rejected},
		{Action: Ready, By: 1}, {Action: Drain, By: 1},
		{Action: Detach, By: 1}, {Action: ReaderEnd, By: 1},
		{Action: CloseEnd},
		{Action: Due, By: 1}, {Action: NoHost}, {Action: Deadline}, {Action: Relent, By: 1},
	}
}

// hostsFair promises besides that hosts answer or detach.
func (m machine) hostsFair() []model.Fair {
	return append(m.fair(), []model.Fair{
		{Action: Deliver, By: 1}, {Action: HandleBegin}, {Action: HandleEnd}, {Action: HostReply},
	}...)
}

func (m machine) sentFair() model.Fair {
	if m.Losses == Ever || m.Drains == Ever {
		return model.Fair{Action: Sent, Strength: model.Strong, By: 1}
	}
	return model.Fair{Action: Sent}
}
