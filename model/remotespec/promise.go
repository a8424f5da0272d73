package remotespec

import "github.com/weir-dev/weir/model"

// answeredFair is what remote/answered needs, and no more: a test leaves out
// each in turn. A weak promise is that whoever can move without end moves; a
// strong one that what is possible again and again happens.
//
// The Remote, the Peer, handlers, dispatches and time go on, and the Remote
// notices in the end that a link is lost or half open: all that is weak. That the
// peer notices is not needed, because the next hello tells it. Of the network two
// things are asked, both strong: now and then an attempt to connect succeeds, and
// now and then a link lasts until what was accepted is answered.
//
// It would not do to ask for the steps on a link one by one. A hello that is
// taken off a link that was lost meanwhile keeps that promise and helps nobody;
// and if only links that are whole counted, a run could still lose one link
// between its Welcome and the reply, the next behind a reply that is never read
// because its Welcome is not, and so on for ever.
func (m machine) answeredFair() []model.Fair {
	var fair []model.Fair
	for _, a := range []model.Action{
		Connect, LinkDown, Welcome, Send, Ack, Write, Receive, Late, DispatchBegin, Admit,
		Hello, Deliver, Suppress, HandleBegin, Reply, HandleEnd, DispatchEnd, BackoffOver,
	} {
		fair = append(fair, model.Fair{Action: a})
	}
	for _, a := range []model.Action{ListenerEnd, ReaderEnd} {
		fair = append(fair, model.Fair{Action: a, By: 1})
	}
	fair = append(fair, model.Fair{Action: LinkUp, Strength: model.Strong}, model.Fair{Action: Steady, Strength: model.Strong})
	switch {
	case m.Variant == R01:
		fair = append(fair, model.Fair{Action: Greet})
	case m.Variant == R05:
		fair = append(fair, model.Fair{Action: CheckOnline})
	case m.rule == stepByStep:
		fair = fair[:len(fair)-1]
		for i := range fair {
			fair[i].Strength = model.Strong
		}
	}
	return fair
}

// closeFair is what Close needs: that the Remote's goroutines end when they are
// told. There is no promise of peer, network, dispatcher or time.
func closeFair() []model.Fair {
	return []model.Fair{{Action: LinkDown}, {Action: Write}, {Action: ListenerEnd, By: 1}, {Action: CloseEnd}}
}
