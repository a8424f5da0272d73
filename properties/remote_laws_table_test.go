package properties

import "github.com/weir-dev/weir/protocol"

var remoteLawful = []remoteHistory{
	{name: "empty"},
	{name: "one after the other", text: up + begun + sent1 + told1 + whole2 + "close-begin\n close-end\n closed", facts: []string{"replied"}},
	{name: "without a trace", text: silent1},
	{name: "both in one frame", text: up + begun + `
		send epoch=1 seq=1 value=1
		send epoch=1 seq=2 value=1
		handle-begin epoch=1 seq=1 digest=$m1
		handle-end epoch=1 seq=1 digest=$r1
		handle-begin epoch=1 seq=2 digest=$m2
		receive epoch=1 seq=1 digest=$r1
		resolve epoch=1 seq=1 outcome=replied digest=$r1
		handle-end epoch=1 seq=2 digest=$r2
		receive epoch=1 seq=2 digest=$r2
		resolve epoch=1 seq=2 outcome=replied digest=$r2`},
	{name: "a frame leaves out what is resolved", text: up + begun + `
		accept seq=3 digest=$m3
		send epoch=1 seq=1 value=1
		resolve seq=2 outcome=not-sent reason=deadline
		send epoch=1 seq=3 value=1`, facts: []string{"not-sent-deadline"}},
	{name: "a link is lost, the next comes after its delay", text: up + begun + sent1 + `
		@1s link-down epoch=1 reason=link-lost value=1000000000
		resolve epoch=1 seq=1 outcome=unknown reason=link-lost
		dispatch 1 unknown
		dispatched 1
		resolve seq=2 outcome=not-sent reason=offline
		dispatch 2 not-sent
		dispatched 2
		@2s connect epoch=2
		link-up epoch=2
		call 3
		accept seq=3 digest=$m3
		accepted 3
		send epoch=2 seq=3 value=1`, facts: []string{"lost-in-flight", "unknown-link-lost", "not-sent-offline"}},
	{name: "a reply without an error is late", text: up + begun + sent1 + `
		resolve epoch=1 seq=1 outcome=unknown reason=deadline
		dispatch 1 unknown
		dispatched 1
		receive epoch=1 seq=1 digest=$r1
		late epoch=1 seq=1 digest=$r1` + whole2, facts: []string{"late-reply", "unknown-deadline"}},
	{name: "a late reply frees its slot", bounds: func(b *RemoteBounds) { b.Mode = protocol.Sync }, text: up + begun + sent1 + `
		resolve epoch=1 seq=1 outcome=unknown reason=deadline
		receive epoch=1 seq=1 digest=$r1
		late epoch=1 seq=1 digest=$r1` + whole2},
	{name: "resent after a resume", bounds: resume, text: up + begun + `
		send epoch=1 seq=1 value=1
		@1s link-down epoch=1 reason=link-lost value=0
		connect epoch=2
		link-up epoch=2
		send epoch=2 seq=1 value=1`, facts: []string{"resent"}},
	{name: "refused without a trace", text: "call 1\n refused 1 closed"},
	{name: "a dispatcher that sends is refused", text: "dispatcher-refused 1 " + protocol.ErrFull.Error(), facts: []string{"dispatcher-refused"}},
	{name: "delays that double, and begin again after a reply", bounds: delays, text: `
		connect epoch=1
		link-down epoch=1 reason=offline value=100000000
		@1s connect epoch=2
		link-down epoch=2 reason=offline value=200000000
		@2s connect epoch=3
		link-down epoch=3 reason=offline value=400000000
		@3s connect epoch=4
		link-up epoch=4
		send epoch=4 seq=1 value=1
		receive epoch=4 seq=1
		resolve epoch=4 seq=1 outcome=replied
		link-down epoch=4 reason=link-lost value=100000000
		@4s connect epoch=5
		link-up epoch=5
		@6s link-down epoch=5 reason=link-lost value=100000000`},
	{name: "a reply that comes twice frees nothing", bounds: func(b *RemoteBounds) { b.Mode = protocol.Sync }, text: up + begun + sent1 + `
		receive epoch=1 seq=1 digest=$r1
		resolve epoch=1 seq=1 outcome=replied digest=$r1
		receive epoch=1 seq=1 digest=$r1
		late epoch=1 seq=1 digest=$r1
		dispatch-begin seq=1 outcome=replied
		dispatch-end seq=1` + whole2, facts: []string{"duplicate-reply"}},
	{name: "lost with its link, and refused during the delay", watched: true, text: up + begun + sent1 + `
		lost
		@1s link-down epoch=1 reason=link-lost value=1000000000
		resolve epoch=1 seq=1 outcome=unknown reason=link-lost
		dispatch 1 unknown link-lost
		dispatched 1
		@2s resolve seq=2 outcome=not-sent reason=offline
		dispatch 2 not-sent offline`},
	{name: "refused with the attempt that it asked for", watched: true, text: begun + `
		connect epoch=1
		lost
		link-down epoch=1 reason=offline value=0
		resolve seq=1 outcome=not-sent reason=offline
		dispatch 1 not-sent offline`},
	{name: "an attempt that takes too long", watched: true, text: begun + `
		connect epoch=1
		@5s link-down epoch=1 reason=offline value=0
		resolve seq=1 outcome=not-sent reason=offline`},
	{name: "lost to a forced Close", watched: true, text: up + begun + sent1 + `
		forced
		resolve epoch=1 seq=1 outcome=unknown reason=closed
		dispatch 1 unknown closed`},
	{name: "a superseded link", text: up + "link-down party=peer epoch=1 reason=superseded", facts: []string{"superseded-link"}},
}

var remoteUnlawful = []remoteHistory{
	{name: "handled out of order", laws: []string{"order"}, text: up + begun + `
		send epoch=1 seq=1 value=1
		send epoch=1 seq=2 value=1
		handle-begin epoch=1 seq=2 digest=$m2
		handle-begin epoch=1 seq=1 digest=$m1`},
	{name: "handled twice, by the trace", laws: []string{"order"}, text: up + begun + sent1 + "handle-begin epoch=1 seq=1 digest=$m1"},
	{name: "handled twice, by the suite's eyes", laws: []string{"order"}, text: "call 1\n accepted 1\n handle 1\n handled 1 r1\n handle 1\n handled 1 r1"},
	{name: "replies dispatched out of order", laws: []string{"reply-order"}, text: up + begun + `
		dispatch-begin seq=2 outcome=replied
		dispatch-end seq=2
		dispatch-begin seq=1 outcome=replied`},
	{name: "two dispatches at a time", laws: []string{"reply-order"}, text: up + begun + `
		dispatch-begin seq=1 outcome=unknown
		dispatch-begin seq=2 outcome=unknown`},
	{name: "two dispatches at a time, by the suite's eyes", laws: []string{"reply-order"}, text: "dispatch 1 unknown\n dispatch 2 unknown"},
	{name: "replies not in the order of handling", laws: []string{"reply-order"}, text: `
		handle 1
		handled 1 r1
		handle 2
		handled 2 r2
		dispatch 2 replied r2
		dispatched 2
		dispatch 1 replied r1
		dispatched 1`},
	{name: "another payload is handled", laws: []string{"right-reply"}, text: up + begun + `
		send epoch=1 seq=1 value=1
		handle-begin epoch=1 seq=1 digest=$m2`},
	{name: "a payload that nobody sent", laws: []string{"right-reply"}, text: "handle 0\n handled 0 r"},
	{name: "another reply, by the trace", laws: []string{"right-reply"}, text: up + begun + sent1 + `
		receive epoch=1 seq=1 digest=$r1
		resolve epoch=1 seq=1 outcome=replied digest=$other`},
	{name: "another reply, by the suite's eyes", laws: []string{"right-reply"}, text: "handle 1\n handled 1 r1\n dispatch 1 replied other"},
	{name: "resolved twice", laws: []string{"one-outcome"}, text: up + begun + `
		send epoch=1 seq=1 value=1
		resolve epoch=1 seq=1 outcome=unknown reason=closed
		resolve epoch=1 seq=1 outcome=unknown reason=link-lost`},
	{name: "dispatched twice", laws: []string{"one-outcome"}, text: "dispatch 1 unknown\n dispatched 1\n dispatch 1 unknown\n dispatched 1"},
	{name: "sent after it was resolved", laws: []string{"one-outcome"}, text: up + begun + `
		resolve seq=1 outcome=not-sent reason=offline
		send epoch=1 seq=1 value=1`},
	{name: "not sent, and sent", laws: []string{"honest-outcome"}, text: up + begun + `
		send epoch=1 seq=1 value=1
		resolve seq=1 outcome=not-sent reason=offline`},
	{name: "sent again, at most once", laws: []string{"honest-outcome"}, text: up + begun + `
		send epoch=1 seq=1 value=1
		link-down epoch=1 reason=link-lost
		connect epoch=2
		link-up epoch=2
		send epoch=2 seq=1 value=1`},
	{name: "not sent, and handled", laws: []string{"honest-outcome"}, text: "call 1\n accepted 1\n handle 1\n handled 1 r1\n dispatch 1 not-sent"},
	{name: "refused, and handled", laws: []string{"honest-outcome"}, text: "call 1\n refused 1 full\n handle 1\n handled 1 r1"},
	{name: "refused, and dispatched", laws: []string{"honest-outcome"}, text: "call 1\n refused 1 full\n dispatch 1 not-sent"},
	{name: "replied, and handled twice", bounds: resume, laws: []string{"honest-outcome"}, text: "call 1\n accepted 1\n handle 1\n handled 1 r1\n handle 1\n handled 1 r1\n dispatch 1 replied r1"},
	{name: "more than the window", bounds: func(b *RemoteBounds) { b.Window = 1 }, laws: []string{"window"}, text: up + begun + `
		send epoch=1 seq=1 value=1
		send epoch=1 seq=2 value=1`},
	{name: "more than one in sync", bounds: func(b *RemoteBounds) { b.Mode = protocol.Sync }, laws: []string{"window"}, text: up + begun + sent1 + `
		receive epoch=1 seq=1 digest=$r1
		resolve epoch=1 seq=1 outcome=replied digest=$r1
		send epoch=1 seq=2 value=2`},
	{name: "a reply from another link", laws: []string{"epoch"}, text: up + begun + sent1 + `
		link-down epoch=1 reason=link-lost
		connect epoch=2
		link-up epoch=2
		receive epoch=2 seq=1 digest=$r1
		resolve epoch=2 seq=1 outcome=replied digest=$r1`},
	{name: "sent before the link is up", laws: []string{"link"}, text: begun + "connect epoch=1\n send epoch=1 seq=1 value=1"},
	{name: "sent on a link that is down", laws: []string{"link"}, text: up + begun + "link-down epoch=1 reason=link-lost\n send epoch=1 seq=1 value=1"},
	{name: "received on a link that is down", laws: []string{"link"}, text: up + begun + sent1 + "link-down epoch=1 reason=link-lost\n receive epoch=1 seq=1 digest=$r1"},
	{name: "an old epoch", laws: []string{"link"}, text: up + "link-down epoch=1 reason=link-lost\n connect epoch=1"},
	{name: "too many in a frame", bounds: func(b *RemoteBounds) { b.FrameMessages = 1 }, laws: []string{"frame"}, text: up + begun + `
		send epoch=1 seq=1 value=1
		send epoch=1 seq=2 value=1`},
	{name: "a gap in a frame", bounds: func(b *RemoteBounds) { b.Window = 3 }, laws: []string{"frame"}, text: up + begun + `
		accept seq=3 digest=$m3
		send epoch=1 seq=1 value=1
		send epoch=1 seq=3 value=1`},
	{name: "sent out of order", laws: []string{"frame"}, text: up + begun + `
		send epoch=1 seq=2 value=1
		send epoch=1 seq=1 value=2`},
	{name: "a frame is not counted", laws: []string{"frame"}, text: up + begun + `
		send epoch=1 seq=1 value=1
		send epoch=1 seq=2 value=3`},
	{name: "connected before the delay is over", laws: []string{"backoff"}, text: up + `
		@1s link-down epoch=1 reason=link-lost value=1000000000
		@1999ms connect epoch=2`},
	{name: "connected before the delay after a failed attempt is over", laws: []string{"backoff"}, text: `
		connect epoch=1
		link-down epoch=1 reason=offline value=1000000000
		@999ms connect epoch=2`},
	{name: "a delay above its bound", bounds: delays, laws: []string{"backoff"}, text: "connect epoch=1\n link-down epoch=1 reason=offline value=100000001"},
	{name: "a delay that does not begin again", bounds: delays, laws: []string{"backoff"}, text: `
		connect epoch=1
		link-down epoch=1 reason=offline value=100000000
		@1s connect epoch=2
		link-up epoch=2
		send epoch=2 seq=1 value=1
		receive epoch=2 seq=1
		resolve epoch=2 seq=1 outcome=replied
		link-down epoch=2 reason=link-lost value=100000001`},
	{name: "no delay", bounds: delays, laws: []string{"backoff"}, text: `
		connect epoch=1
		link-down epoch=1 reason=offline value=0
		connect epoch=2
		link-down epoch=2 reason=offline value=0`},
	{name: "a link ended for nothing", watched: true, laws: []string{"no-needless-loss"}, text: up + begun + "link-down epoch=1 reason=link-lost value=0"},
	{name: "an attempt given up for nothing", watched: true, laws: []string{"no-needless-loss"}, text: "connect epoch=1\n @4999ms link-down epoch=1 reason=offline value=0"},
	{name: "an old loss is no cause", watched: true, laws: []string{"no-needless-loss"}, text: `
		connect epoch=1
		lost
		link-down epoch=1 reason=offline value=0
		connect epoch=2
		link-down epoch=2 reason=offline value=0`},
	{name: "refused with a link up", watched: true, laws: []string{"no-needless-loss"}, text: `
		lost
		` + up + begun + "resolve seq=1 outcome=not-sent reason=offline"},
	{name: "refused after the delay", watched: true, laws: []string{"no-needless-loss"}, text: begun + `
		connect epoch=1
		lost
		link-down epoch=1 reason=offline value=1000000000
		@1001ms resolve seq=1 outcome=not-sent reason=offline`},
	{name: "given up on a link that is up", watched: true, laws: []string{"no-needless-loss"}, text: "lost\n" + up + begun + sent1 + "resolve epoch=1 seq=1 outcome=unknown reason=link-lost"},
	{name: "closed before its time", watched: true, laws: []string{"no-needless-loss"}, text: up + begun + "resolve seq=1 outcome=not-sent reason=closed"},
	{name: "a deadline that nobody set", watched: true, laws: []string{"no-needless-loss"}, text: up + begun + "resolve seq=1 outcome=not-sent reason=deadline"},
	{name: "refused for nothing, by the suite's eyes", watched: true, laws: []string{"no-needless-loss"}, text: "call 1\n accepted 1\n dispatch 1 not-sent offline"},
	{name: "lost for nothing, by the suite's eyes", watched: true, laws: []string{"no-needless-loss"}, text: "call 1\n accepted 1\n dispatch 1 unknown link-lost\n lost"},
	{name: "closed before its time, by the suite's eyes", watched: true, laws: []string{"no-needless-loss"}, text: "call 1\n accepted 1\n dispatch 1 not-sent closed"},
	{name: "a deadline that nobody set, by the suite's eyes", watched: true, laws: []string{"no-needless-loss"}, text: "call 1\n accepted 1\n dispatch 1 unknown deadline"},
	{name: "an event after Close", laws: []string{"quiet-after-close"}, text: "close-begin\n close-end\n connect epoch=1"},
	{name: "a dispatch after Close", laws: []string{"quiet-after-close"}, text: "closed\n dispatch 1 unknown"},
}
