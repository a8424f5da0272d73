package properties

import "time"

var gatewayUnlawful = []gatewayHistory{
	{name: "a failed write that ends no attachment", laws: []string{"epoch"}, text: attached + first + `
		release seq=1 attempt=1 host=h1 epoch=1 reason=write-failed
		reserve seq=1 attempt=2 host=h2 epoch=2
		enqueue seq=2
		reserve seq=2 attempt=3 host=h1 epoch=1
		sent seq=2 attempt=3 host=h1 epoch=1`},
	{name: "a failed write of what was never written", laws: []string{"epoch"}, text: attached + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=write-failed
		detach host=h1 epoch=1`},
	{name: "overloaded with room in the queue", laws: []string{"no-needless-failure"}, text: lone + `
		enqueue seq=1
		do 2
		failed 2 queue of waiting requests is full`},
	{name: "closed by nobody", laws: []string{"no-needless-failure"}, text: lone + `
		do 1
		failed 1 closed`},
	{name: "no host, and it has not waited", bounds: func(b *GatewayBounds) { b.MaxWait = 5 * time.Second }, laws: []string{"no-needless-failure"}, text: `
		do 1
		enqueue seq=1 digest=$m1
		@3s done seq=1 outcome=failed reason=no-host
		failed 1 no host was eligible`},
	{name: "no host, and it waits for ever", bounds: func(b *GatewayBounds) { b.MaxWait = -1 }, laws: []string{"no-needless-failure"}, text: `
		do 1
		@1h failed 1 no host was eligible`},
	{name: "lost, and it may be sent again", laws: []string{"no-needless-failure"}, text: lone + first + `
		release seq=1 attempt=1 host=h1 epoch=1 reason=detach
		detach host=h1 epoch=1
		done seq=1 outcome=failed reason=host-lost
		failed 1 host was lost`},
	{name: "lost, and no host was", laws: []string{"no-needless-failure"}, text: lone + `
		do 1
		enqueue seq=1 digest=$m1
		done seq=1 outcome=failed reason=host-lost
		failed 1 host was lost`},
	{name: "refused, and it may be sent again", laws: []string{"no-needless-failure"}, text: lone + first + `
		refuse attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse
		done seq=1 outcome=failed reason=refuse
		failed 1 hosts refused`},
	{name: "cancelled by nobody", bounds: func(b *GatewayBounds) { b.GivesUp = map[int]time.Duration{} }, laws: []string{"no-needless-failure"}, text: `
		do 1
		@1m failed 1 context canceled`},
	{name: "a deadline before its time", bounds: func(b *GatewayBounds) { b.GivesUp = map[int]time.Duration{1: time.Second} }, laws: []string{"no-needless-failure"}, text: `
		@1s do 1
		@1500ms failed 1 context deadline exceeded`},
	{name: "an error of a handler that gave none", laws: []string{"no-needless-failure"}, text: lone + first + `
		answer h1 1 r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=error-reply
		done seq=1 outcome=failed reason=error-reply digest=$r1
		failed 1 handler failed`},
	{name: "an error that no rule names", laws: []string{"no-needless-failure"}, text: `
		do 1
		failed 1 out of luck`},
	{name: "reassign without release", laws: []string{"one-reservation"}, text: reassignWithoutRelease},
	{name: "a reservation above the limit", laws: []string{"count", "paused"}, text: `
		attach host=h1 epoch=1 value=1
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		enqueue seq=2
		reserve seq=2 attempt=2 host=h1 epoch=1`},
	{name: "a negative limit", laws: []string{"count"}, text: lone + `
		limit host=h1 epoch=1 value=-1`},
	{name: "a limit above what was declared", laws: []string{"count"}, text: `
		attach host=h1 epoch=1 value=3`},
	{name: "a reservation for an ended request", laws: []string{"one-reservation"}, text: lone + first + answered + `
		reserve seq=1 attempt=2 host=h1 epoch=1`},
	{name: "an end that keeps the reservation", laws: []string{"one-reservation"}, text: lone + first + `
		done seq=1 outcome=failed reason=cancel
		failed 1 context canceled`},
	{name: "a cancelled request is reserved again", laws: []string{"one-reservation"}, text: lone + first + `
		release seq=1 attempt=1 host=h1 epoch=1 reason=cancel
		cancel seq=1 attempt=1 host=h1 epoch=1
		reserve seq=1 attempt=2 host=h1 epoch=1`},
	{name: "released by the late reply too", laws: []string{"released-once"}, text: attached + first + moved + `
		finish h1 1 1 r1
		late seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply`},
	{name: "settled by both sides of a broken attachment", laws: []string{"released-once"}, text: lone + first + `
		release seq=1 attempt=1 host=h1 epoch=1 reason=write-failed
		release seq=1 attempt=1 host=h1 epoch=1 reason=detach
		detach host=h1 epoch=1
		done seq=1 outcome=failed reason=host-lost`},
	{name: "two ends", laws: []string{"one-outcome"}, text: lone + first + answered + `
		done seq=1 outcome=failed reason=deadline`},
	{name: "two returns", laws: []string{"one-outcome"}, text: lone + first + answered + `
		returned 1 r1`},
	{name: "an end that Do does not return", laws: []string{"one-outcome"}, text: lone + first + `
		finish h1 1 1 r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		done seq=1 outcome=replied reason=reply digest=$r1
		failed 1 context canceled`},
	{name: "another request's reply", laws: []string{"right-reply"}, text: `
		do 1
		do 2
		begin h1 1 1
		begin h1 2 2
		finish h1 1 1 r1
		finish h1 2 2 r2
		returned 1 r2
		returned 2 r1`},
	{name: "an end that nobody replied", laws: []string{"right-reply"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=cancel
		done seq=1 outcome=replied digest=$r1`},
	{name: "a reply that the host did not give", laws: []string{"right-reply"}, text: lone + first + `
		finish h1 1 1 r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$x
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		done seq=1 outcome=replied digest=$x`},
	{name: "reserved at a paused host", laws: []string{"paused"}, text: lone + `
		pause host=h1 epoch=1
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1`},
	{name: "resumed above the mark", bounds: func(b *GatewayBounds) { b.Mark = -1 }, laws: []string{"paused"}, text: lone + first + `
		enqueue seq=2
		reserve seq=2 attempt=2 host=h1 epoch=1
		pause host=h1 epoch=1
		enqueue seq=3` + answered + `
		resume host=h1 epoch=1
		reserve seq=3 attempt=3 host=h1 epoch=1`},
	{name: "written after the release", laws: []string{"paused"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=cancel
		done seq=1 outcome=failed reason=cancel
		sent seq=1 attempt=1 host=h1 epoch=1`},
	{name: "written twice", laws: []string{"paused"}, text: lone + first + `
		sent seq=1 attempt=1 host=h1 epoch=1`},
	{name: "handled and never written", laws: []string{"paused"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		begin h1 1 1`},
	{name: "written to a draining host", laws: []string{"paused"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		drain host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1`},
	{name: "last in, first out", laws: []string{"fifo"}, text: `
		enqueue seq=1
		enqueue seq=2
		attach host=h1 epoch=1 value=2
		reserve seq=2 attempt=1 host=h1 epoch=1
		reserve seq=1 attempt=2 host=h1 epoch=1`},
	{name: "starved until its deadline", laws: []string{"fifo"}, text: `
		enqueue seq=1
		enqueue seq=2
		attach host=h1 epoch=1 value=2
		reserve seq=2 attempt=1 host=h1 epoch=1
		@5s done seq=1 outcome=failed reason=deadline`},
	{name: "a refused request goes to the end of the queue", laws: []string{"fifo"}, text: `
		attach host=h1 epoch=1 value=1
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		enqueue seq=2
		refuse attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse
		ready host=h1 epoch=1
		reserve seq=2 attempt=2 host=h1 epoch=1`},
	{name: "a due attempt is passed over", laws: []string{"fifo"}, text: `
		attach host=h1 epoch=1 value=1
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		enqueue seq=2
		@3s attach host=h2 epoch=2 value=1
		reserve seq=2 attempt=2 host=h2 epoch=2`, bounds: func(b *GatewayBounds) { b.NonIdempotent = nil }},
	{name: "the fuller host", laws: []string{"choice"}, text: attached + first + `
		enqueue seq=2
		reserve seq=2 attempt=2 host=h1 epoch=1`},
	{name: "load is relative to the limit", laws: []string{"choice"}, text: `
		attach host=h1 epoch=1 value=1
		attach host=h2 epoch=2 value=2
		attach host=h3 epoch=3 value=2
		enqueue seq=1
		reserve seq=1 attempt=1 host=h2 epoch=2
		enqueue seq=2
		reserve seq=2 attempt=2 host=h3 epoch=3
		enqueue seq=3
		reserve seq=3 attempt=3 host=h2 epoch=2`},
	{name: "a draining host", laws: []string{"choice"}, text: lone + `
		drain host=h1 epoch=1
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1`},
	{name: "back to the host that refused", laws: []string{"choice"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		refuse attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse
		reserve seq=1 attempt=2 host=h1 epoch=1`},
	{name: "a tried host while another is untried", laws: []string{"choice"}, text: attached + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=drain
		reserve seq=1 attempt=2 host=h1 epoch=1`},
	{name: "reassigned to the same host", laws: []string{"reassign-bounds"}, text: lone + first + `
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=2 host=h1 epoch=1
		cancel seq=1 attempt=1 host=h1 epoch=1`},
	{name: "reassigned with attempts used up", bounds: func(b *GatewayBounds) { b.MaxAttempts = 1 }, laws: []string{"reassign-bounds"},
		text: attached + first + moved},
	{name: "reassigned beyond the budget", bounds: func(b *GatewayBounds) { b.BudgetBurst = 0.5 }, laws: []string{"reassign-bounds"},
		text: attached + first + moved},
	{name: "reassigned before it is due", laws: []string{"reassign-bounds"}, text: attached + first + `
		@999ms release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=2 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1`},
	{name: "something between the halves of a reassign", laws: []string{"reassign-bounds"}, text: attached + first + `
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		cancel seq=1 attempt=1 host=h1 epoch=1
		reserve seq=1 attempt=2 host=h2 epoch=2`},
	{name: "half a reassign", laws: []string{"reassign-bounds"}, text: attached + first + `
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign`},
	{name: "a reserved attempt's reply is late", laws: []string{"late"}, text: lone + first + `
		late attempt=1 host=h1 epoch=1 digest=$r1`},
	{name: "a late reply is credited", laws: []string{"late"}, text: attached + first + moved + `
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1`},
	{name: "a late reply releases the other attempt", laws: []string{"late"}, text: attached + first + `
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=2 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=2 host=h2 epoch=2
		finish h1 1 1 r1
		late seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		release seq=1 attempt=2 host=h2 epoch=2 reason=reply
		done seq=1 outcome=failed reason=cancel`},
	{name: "a late reply is the outcome", laws: []string{"late"}, text: attached + first + `
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=2 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=2 host=h2 epoch=2
		finish h1 1 1 r1
		late seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		release seq=1 attempt=2 host=h2 epoch=2 reason=cancel
		cancel seq=1 attempt=2 host=h2 epoch=2
		done seq=1 outcome=replied digest=$r1
		returned 1 r1`},
	{name: "a reply is counted as late too", laws: []string{"accounted"}, text: lone + first + answered + `
		late attempt=1 host=h1 epoch=1 digest=$r1`},
	{name: "a reply that releases nothing", laws: []string{"accounted"}, text: lone + first + `
		finish h1 1 1 r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1`},
	{name: "acknowledged by nobody", laws: []string{"accounted"}, text: attached + first + moved + `
		acknowledged attempt=1 host=h1 epoch=1`},
	{name: "acknowledged twice", laws: []string{"accounted"}, text: attached + first + moved + `
		finish h1 1 1 r1
		late attempt=1 host=h1 epoch=1 digest=$r1
		acknowledged attempt=1 host=h1 epoch=1
		acknowledged attempt=1 host=h1 epoch=1`},
	{name: "reserved at an ended attachment", laws: []string{"epoch"}, text: lone + `
		detach host=h1 epoch=1
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1`},
	{name: "a reservation outlives its attachment", laws: []string{"epoch"}, text: lone + first + `
		detach host=h1 epoch=1
		attach host=h1 epoch=2 value=2
		enqueue seq=2
		reserve seq=2 attempt=2 host=h1 epoch=2
		sent seq=2 attempt=2 host=h1 epoch=2`},
	{name: "an attachment of its own for each stream", laws: []string{"epoch"}, text: lone + `
		attach host=h1 epoch=2 value=2`},
	{name: "released at the newer attachment", laws: []string{"epoch"}, text: lone + first + `
		attach host=h1 epoch=2 value=2
		detach host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=2 reason=detach
		done seq=1 outcome=failed reason=host-lost`},
	{name: "a number is used again", laws: []string{"epoch"}, text: lone + `
		detach host=h1 epoch=1
		attach host=h1 epoch=1 value=2`},
	{name: "another host's reply is credited", laws: []string{"isolation"}, text: attached + first + `
		finish h1 1 1 r1
		reply seq=1 attempt=1 host=h2 epoch=2 digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		done seq=1 outcome=replied digest=$r1`},
	{name: "a reply to what was never sent", laws: []string{"isolation"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		done seq=1 outcome=replied digest=$r1`},
	{name: "an unknown answer releases another's reservation", laws: []string{"isolation"}, text: lone + first + `
		rejected attempt=77 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		done seq=1 outcome=failed reason=cancel`},
	{name: "the wrong host is charged", laws: []string{"isolation"}, text: attached + first + `
		release seq=1 attempt=1 host=h2 epoch=2 reason=cancel
		cancel seq=1 attempt=1 host=h1 epoch=1
		done seq=1 outcome=failed reason=cancel`},
	{name: "an attempt number is used again", laws: []string{"isolation"}, text: lone + first + answered + `
		enqueue seq=2
		reserve seq=2 attempt=1 host=h1 epoch=1`},
	{name: "sent again after a lost host", laws: []string{"non-idempotent"}, text: attached + `
		do 9
		enqueue seq=1 digest=$m9
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=detach
		detach host=h1 epoch=1
		reserve seq=1 attempt=2 host=h2 epoch=2
		sent seq=1 attempt=2 host=h2 epoch=2`},
	{name: "run twice, without a trace", laws: []string{"non-idempotent"}, text: `
		do 9
		begin h1 9 1
		begin h2 9 2`},
	{name: "known to be unrepeatable only by its handler", laws: []string{"non-idempotent"}, text: attached + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=write-failed
		reserve seq=1 attempt=2 host=h2 epoch=2
		detach host=h1 epoch=1
		sent seq=1 attempt=2 host=h2 epoch=2
		begin h2 9 2`},
	{name: "a handler above the capacity", laws: []string{"host-capacity"}, text: `
		begin h1 1 1
		begin h1 2 2
		begin h1 3 3`},
	{name: "a handler above the capacity, traced by the host", laws: []string{"host-capacity"}, text: `
		handle-begin party=h1 epoch=1 attempt=1
		handle-begin party=h1 epoch=1 attempt=2
		handle-begin party=h1 epoch=1 attempt=3`},
	{name: "abandoned work is ignored", laws: []string{"host-capacity", "paused"}, text: `
		attach host=h1 epoch=1 value=1
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=cancel
		done seq=1 outcome=failed reason=cancel
		enqueue seq=2
		reserve seq=2 attempt=2 host=h1 epoch=1
		sent seq=2 attempt=2 host=h1 epoch=1
		release seq=2 attempt=2 host=h1 epoch=1 reason=cancel
		done seq=2 outcome=failed reason=cancel
		enqueue seq=3
		reserve seq=3 attempt=3 host=h1 epoch=1`},
	{name: "a cancel of what was never sent", laws: []string{"host-capacity"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=cancel
		cancel seq=1 attempt=1 host=h1 epoch=1
		done seq=1 outcome=failed reason=cancel`},
	{name: "a queue beyond its bound", bounds: func(b *GatewayBounds) { b.Waiting = 1 }, laws: []string{"bounded"}, text: `
		enqueue seq=1
		enqueue seq=2`},
	{name: "a request stays open after Close", laws: []string{"close-complete"}, text: `
		enqueue seq=1
		close-begin
		close-end`},
	{name: "accepted after Close began", laws: []string{"close-complete"}, text: `
		close-begin
		enqueue seq=1
		done seq=1 outcome=failed reason=closed
		close-end`},
	{name: "an event after Close", laws: []string{"quiet-after-close"}, text: lone + `
		close-begin
		detach host=h1 epoch=1
		close-end
		rejected host=h1 epoch=1`},
	{name: "a host that was closed goes on", laws: []string{"quiet-after-close"}, text: lone + first + `
		handle-begin party=h1 epoch=1 attempt=1
		close-begin party=h1
		close-end party=h1
		reply party=h1 epoch=1 attempt=1`},
	{name: "a request enters twice", laws: []string{"one-outcome"}, text: `
		enqueue seq=1
		enqueue seq=1`},
	{name: "an attachment ends twice", laws: []string{"epoch"}, text: lone + `
		detach host=h1 epoch=1
		detach host=h1 epoch=1`},
	{name: "a pause of an attachment that never began", laws: []string{"epoch"}, text: lone + `
		pause host=h1 epoch=7`},
	{name: "a refusal that was not sent", laws: []string{"isolation"}, text: attached + first + `
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse
		reserve seq=1 attempt=2 host=h2 epoch=2`},
	{name: "a refusal of what was never sent", laws: []string{"isolation"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		refuse attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse`},
	{name: "another host's refusal", laws: []string{"isolation"}, text: attached + first + `
		refuse attempt=1 host=h2 epoch=2`},
	{name: "credited twice", laws: []string{"accounted"}, text: lone + first + `
		finish h1 1 1 r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		done seq=1 outcome=replied digest=$r1`},
	{name: "credited twice, out of the suite's sight", laws: []string{"accounted"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		done seq=1 outcome=replied digest=$r1`},
	{name: "refused twice", laws: []string{"accounted"}, text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		refuse attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse
		refuse attempt=1 host=h1 epoch=1`},
	{name: "a refusal that releases nothing", laws: []string{"accounted"}, text: lone + first + `
		refuse attempt=1 host=h1 epoch=1`},
	{name: "reassigned with attempts used up, and never sent", bounds: func(b *GatewayBounds) { b.MaxAttempts = 1 }, laws: []string{"reassign-bounds"},
		text: attached + first + `
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=2 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1`},
	{name: "sent more often than allowed", bounds: func(b *GatewayBounds) { b.MaxAttempts = 1 }, laws: []string{"reassign-bounds"}, text: attached + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		refuse attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse
		reserve seq=1 attempt=2 host=h2 epoch=2
		sent seq=1 attempt=2 host=h2 epoch=2`},
	{name: "reassigned to a draining host", laws: []string{"choice"}, text: attached + first + `
		drain host=h2 epoch=2
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=2 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1`},
	{name: "reassigned to the fuller host", laws: []string{"choice"}, text: attached + first + `
		enqueue seq=2
		reserve seq=2 attempt=2 host=h2 epoch=2
		attach host=h3 epoch=3 value=2
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=3 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1`},
	{name: "Do returns the late reply", laws: []string{"right-reply"}, text: attached + first + `
		finish h1 1 1 r1
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=2 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=2 host=h2 epoch=2
		begin h2 1 2
		finish h2 1 2 s1
		reply seq=1 attempt=2 host=h2 epoch=2 digest=$s1
		release seq=1 attempt=2 host=h2 epoch=2 reason=reply
		done seq=1 outcome=replied reason=reply digest=$s1
		returned 1 r1`},
	{name: "a host that was closed begins", laws: []string{"quiet-after-close"}, text: lone + first + `
		close-begin party=h1
		close-end party=h1
		handle-begin party=h1 epoch=1 attempt=1`},
}
